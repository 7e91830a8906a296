import type { ValueType } from '@fairlead/host-fivetran/protocol';
import type { Cell, DataTypeName } from '../warehouse/column-type.ts';
import { dateText, dateTimeText, timeText } from './timestamp-text.ts';

/** A value as the warehouse takes it, and the type that it says it has; undefined for null. */
export interface TypedCell {
  readonly type: DataTypeName | undefined;
  readonly cell: Cell;
}

/** What a value of the protocol is. */
export function cellOf({ inner }: ValueType): TypedCell {
  switch (inner.case) {
    case undefined:
    case 'null':
      return nothing;
    case 'bool':
      return { type: 'BOOLEAN', cell: inner.value };
    case 'short':
      return { type: 'SHORT', cell: inner.value };
    case 'int':
      return { type: 'INT', cell: inner.value };
    case 'long':
      return { type: 'LONG', cell: inner.value };
    case 'float':
      return { type: 'FLOAT', cell: inner.value };
    case 'double':
      return { type: 'DOUBLE', cell: inner.value };
    case 'decimal':
      return { type: 'DECIMAL', cell: inner.value };
    case 'naiveDate':
      return { type: 'NAIVE_DATE', cell: dateText(inner.value) };
    case 'naiveDatetime':
      return { type: 'NAIVE_DATETIME', cell: dateTimeText(inner.value) };
    case 'utcDatetime':
      return { type: 'UTC_DATETIME', cell: `${dateTimeText(inner.value)}Z` };
    case 'naiveTime':
      return { type: 'NAIVE_TIME', cell: timeText(inner.value) };
    case 'binary':
      // The message's own bytes, which the next one overwrites.
      return { type: 'BINARY', cell: inner.value.slice() };
    case 'xml':
      return { type: 'XML', cell: inner.value };
    case 'string':
      return { type: 'STRING', cell: inner.value };
    case 'json':
      return { type: 'JSON', cell: inner.value };
  }
}

const nothing: TypedCell = { type: undefined, cell: null };
