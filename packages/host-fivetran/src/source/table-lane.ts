import type { JsonSchema } from '@fairlead/json';
import { countOf, type Documents, type Log, within } from '@fairlead/sdk';
import { RecordType } from '../protocol/common.gen.ts';
import { encodeOperation, encodeRecord } from './operations.ts';
import type { RecordMessages } from './record-messages.ts';
import { recordHead } from './record-head.ts';
import { type Misfit, RowEncoder } from './row-encoder.ts';
import { schemaChange } from './schema-message.ts';
import type { ChosenTable } from './selection.ts';
import { TableColumns } from './table-columns.ts';

/** A table on its way from the source to Fivetran. */
export class TableLane {
  readonly stream: string;
  readonly log: Log;
  readonly #columns: TableColumns;
  readonly #encoder: RowEncoder;
  readonly #messages: RecordMessages;
  /** Whether the table is another one than Fivetran knows. */
  #isChanged = false;

  constructor({ table, wants }: ChosenTable, messages: RecordMessages, log: Log) {
    this.stream = table.stream;
    this.log = log.with({ stream: table.stream });
    this.#columns = new TableColumns(table, wants);
    this.#encoder = new RowEncoder(this.#columns);
    this.#messages = messages;
  }

  /**
   * Writes documents as rows, and before them what the table becomes by them.
   * @throws {Failure} data, for a document that is no row; those before it are written.
   */
  async store(documents: Documents): Promise<void> {
    const messages = this.#messages;
    const count = countOf(documents);
    for (let index = 0; index < count; index++) {
      this.#storeOne(documents, index);
      if (messages.isFull) await messages.send();
    }
  }

  /** The rows that are there now go, but for those that come again. */
  truncate(): void {
    const { schema, name } = this.#columns.table;
    this.#messages.add(encodeRecord(recordHead(schema, name, RecordType.TRUNCATE)));
  }

  /** Announces what documents of this schema need beyond what is known. */
  accept(schema: JsonSchema): void {
    if (this.#columns.accept(schema)) this.#isChanged = true;
    this.#announce();
  }

  #storeOne(documents: Documents, index: number): void {
    const messages = this.#messages;
    for (;;) {
      const out = messages.beginRow();
      try {
        const misfit = this.#encoder.encode(documents, index, out);
        if (misfit === undefined && !this.#isChanged) return messages.endRow();
        messages.leaveRow();
        if (misfit === undefined) this.#announce();
        else this.#fit(misfit);
      } catch (error) {
        messages.leaveRow();
        throw within(`stream ${this.stream}`, error);
      }
    }
  }

  #fit(misfit: Misfit): void {
    const columns = this.#columns;
    if (misfit.is === 'unknown') {
      const index = columns.add(misfit.token, misfit.value);
      this.#isChanged ||= columns.all[index]?.isWanted === true;
    } else {
      columns.widen(misfit.column, misfit.value);
      this.#isChanged = true;
      const { name, type } = columns.all[misfit.column] ?? {};
      this.log.info('a column has become wider', { column: name, type: type?.type });
    }
  }

  #announce(): void {
    if (!this.#isChanged) return;
    const { schema } = this.#columns.table;
    const value = schemaChange(schema, this.#columns.message);
    this.#messages.add(encodeOperation({ case: 'schemaChange', value }));
    this.#isChanged = false;
  }
}
