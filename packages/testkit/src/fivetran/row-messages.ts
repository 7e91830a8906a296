import type {
  Record as WireRecord,
  RecordType,
  UpdateResponse,
  ValueType,
} from '@fairlead/host-fivetran/protocol';

/** A row as it came: its values without their wrappers. */
export interface Row {
  readonly schema?: string;
  readonly table: string;
  readonly type: keyof typeof RecordType;
  readonly data: Readonly<Record<string, unknown>>;
}

const types = ['UPSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const;

/** The rows of messages in their order, with values as `[case, value]` in short: `long 1`. */
export function rowsOf(messages: readonly UpdateResponse[]): Row[] {
  return messages.flatMap(({ operation }) => {
    if (operation.case === 'records') return operation.value.records.map(rowOf);
    return operation.case === 'record' ? [rowOf(operation.value)] : [];
  });
}

/** What is said, in short: `rows 3`, `checkpoint`, `truncate a`, `schema a`, `warning …`, `task …`. */
export function storyOf(messages: readonly UpdateResponse[]): string[] {
  return messages.map(({ operation }) => {
    switch (operation.case) {
      case 'records':
        return `rows ${operation.value.records.length}`;
      case 'record':
        return `${types[operation.value.type]?.toLowerCase()} ${operation.value.tableName}`;
      case 'schemaChange':
        return 'schema';
      case 'warning':
      case 'task':
        return `${operation.case} ${operation.value.message}`;
      default:
        return String(operation.case);
    }
  });
}

/** The states of the checkpoints. */
export function statesOf(messages: readonly UpdateResponse[]): string[] {
  return messages.flatMap(({ operation }) =>
    operation.case === 'checkpoint' ? [operation.value.stateJson] : [],
  );
}

function rowOf({ schemaName, tableName, type, data }: WireRecord): Row {
  const values = Object.entries(data).map(([name, value]) => [name, plain(value)]);
  return {
    ...(schemaName === undefined ? {} : { schema: schemaName }),
    table: tableName,
    type: types[type] ?? 'UPSERT',
    data: Object.fromEntries(values),
  };
}

function plain({ inner }: ValueType): unknown {
  if (inner.case === 'null') return null;
  const { value } = inner;
  if (typeof value === 'object' && 'seconds' in value) {
    return `${inner.case} ${value.seconds}.${value.nanos}`;
  }
  return value instanceof Uint8Array
    ? `${inner.case} ${Buffer.from(value).toString('hex')}`
    : `${inner.case} ${String(value)}`;
}
