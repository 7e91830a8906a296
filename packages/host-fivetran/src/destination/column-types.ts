import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Failure, type PlainSqlType, type SqlColumn, type SqlType } from '@fairlead/sdk';
import { type Column, ColumnSchema, DataType, type Table } from '../protocol/common.gen.ts';

/**
 * The columns that Fivetran says a table has.
 * @throws {Failure} data for a type that is not known.
 */
export function columnsOf(table: Pick<Table, 'name' | 'columns'>): readonly SqlColumn[] {
  return table.columns.map((column) => ({
    name: column.name,
    type: typeOf(column, `table ${table.name}`),
    key: column.primaryKey,
  }));
}

function typeOf({ name, type, params }: Column, where: string): SqlType {
  const given = params?.params;
  if (type === DataType.DECIMAL) {
    if (given?.case !== 'decimal') return decimalOf('');
    return { is: 'decimal', precision: given.value.precision, scale: given.value.scale };
  }
  if (type === DataType.STRING) {
    return given?.case === 'stringByteLength' ? { is: 'text', bytes: given.value } : { is: 'text' };
  }
  return plainTypeOf(type, `${where}: column ${name}`);
}

/**
 * The type of a column of which no more is said. Of a decimal it is one that has the digits of `text`.
 * @throws {Failure} data for a type that is not known.
 */
export function typeWithout(type: DataType, where: string, text = ''): SqlType {
  if (type === DataType.DECIMAL) return decimalOf(text);
  return type === DataType.STRING ? { is: 'text' } : plainTypeOf(type, where);
}

function decimalOf(text: string): SqlType {
  const fraction = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  return { is: 'decimal', precision: 38, scale: Math.min(37, Math.max(usualScale, fraction)) };
}

const usualScale = 10;

function plainTypeOf(type: DataType, where: string): SqlType {
  const is = plainTypes.get(type);
  if (is !== undefined) return { is };
  throw new Failure('data', `it has a type that is not known: ${type}`, { where });
}

const plainTypes: ReadonlyMap<DataType, PlainSqlType> = new Map([
  [DataType.BOOLEAN, 'boolean'],
  [DataType.SHORT, 'short'],
  [DataType.INT, 'int'],
  [DataType.LONG, 'long'],
  [DataType.FLOAT, 'float'],
  [DataType.DOUBLE, 'double'],
  [DataType.NAIVE_DATE, 'date'],
  [DataType.NAIVE_DATETIME, 'datetime'],
  [DataType.UTC_DATETIME, 'instant'],
  [DataType.NAIVE_TIME, 'time'],
  [DataType.BINARY, 'binary'],
  [DataType.XML, 'xml'],
  [DataType.JSON, 'json'],
] as const);

/** A column in Fivetran's words. */
export function describeColumn({ name, type, key }: SqlColumn): Column {
  const params: MessageInitShape<typeof ColumnSchema>['params'] =
    type.is === 'decimal'
      ? {
          params: {
            case: 'decimal',
            value: { precision: type.precision, scale: type.scale },
          },
        }
      : type.is === 'text' && type.bytes !== undefined
        ? { params: { case: 'stringByteLength', value: type.bytes } }
        : undefined;
  return create(ColumnSchema, {
    name,
    type: dataTypeOf(type),
    primaryKey: key,
    ...(params === undefined ? {} : { params }),
  });
}

function dataTypeOf({ is }: SqlType): DataType {
  if (is === 'decimal') return DataType.DECIMAL;
  if (is === 'text') return DataType.STRING;
  const found = [...plainTypes].find(([, plain]) => plain === is);
  return found?.[0] ?? DataType.UNSPECIFIED;
}
