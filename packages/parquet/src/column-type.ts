import type { ThriftStruct } from './thrift.ts';

/** The type of a column, as users of Parquet know it. */
export type ColumnType =
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'date'
  | 'timestamp'
  | 'text'
  | 'json';

/** What the format keeps of a type: the physical type, and what it stands for. */
interface Encoding {
  readonly physical: number;
  readonly converted?: number;
  /** The member of the union `LogicalType`. */
  readonly logical?: (union: ThriftStruct) => void;
}

/** The physical type of texts. */
export const byteArray = 6;

/**
 * Numbers of the enums `Type` and `ConvertedType`, and fields of the union `LogicalType`:
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export const encodings: Readonly<Record<ColumnType, Encoding>> = {
  boolean: { physical: 0 },
  int32: { physical: 1 },
  int64: { physical: 2 },
  double: { physical: 5 },
  date: { physical: 1, converted: 6, logical: (union) => union.struct(6, () => {}) },
  /** Microseconds in UTC. */
  timestamp: {
    physical: 2,
    converted: 10,
    logical: (union) =>
      union.struct(8, (timestamp) =>
        timestamp.boolean(1, true).struct(2, (unit) => unit.struct(2, () => {})),
      ),
  },
  text: { physical: byteArray, converted: 0, logical: (union) => union.struct(1, () => {}) },
  json: { physical: byteArray, converted: 19, logical: (union) => union.struct(12, () => {}) },
};
