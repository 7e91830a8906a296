import type { CatalogStream, Message, Row } from './airbyte.ts';

/** How a platform may be asked to read and to write. */
export interface SyncMode {
  readonly read: 'full_refresh' | 'incremental';
  readonly write: 'overwrite' | 'append' | 'append_dedup';
  /** Whether rows of deleted documents stay, marked, where rows are merged. */
  readonly keepsDeleted?: boolean;
}

/** The table that a destination makes of the records of one stream. */
export class AirbyteTable {
  rows: readonly Row[] = [];
  readonly #mode: SyncMode;
  readonly #stream: CatalogStream;

  constructor(stream: CatalogStream, mode: SyncMode) {
    this.#stream = stream;
    this.#mode = mode;
  }

  /** Takes the messages of one sync that came to its end. */
  sync(messages: readonly Message[]): void {
    const { write } = this.#mode;
    const records = messages.flatMap(({ record }) =>
      record?.stream === this.#stream.name ? [this.#declared(record.data)] : [],
    );
    if (write === 'overwrite') this.rows = records;
    else if (write === 'append') this.rows = [...this.rows, ...records];
    else this.rows = this.#merged([...this.rows, ...records]);
  }

  /** A member that no schema has declared is no column; a column that a record lacks is null. */
  #declared(data: Row): Row {
    const names = Object.keys(this.#stream.json_schema.properties);
    return Object.fromEntries(names.map((name) => [name, data[name] ?? null]));
  }

  /** Of each key the row with the greatest cursor. */
  #merged(rows: readonly Row[]): Row[] {
    const {
      source_defined_primary_key: [[key = ''] = []] = [],
      default_cursor_field: cursor = [],
    } = this.#stream;
    const newest = new Map<unknown, Row>();
    for (const row of rows) {
      const known = newest.get(row[key]);
      if (known !== undefined && at(known, cursor) > at(row, cursor)) continue;
      newest.set(row[key], row);
    }
    const isKept = (row: Row) =>
      this.#mode.keepsDeleted === true || row['_ab_cdc_deleted_at'] === null;
    return [...newest.values()].filter(isKept);
  }
}

function at(row: Row, [cursor = '']: readonly string[]): number {
  return Number(row[cursor]);
}
