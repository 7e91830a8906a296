import { Failure, type Log } from '@fairlead/sdk';
import type { Findings } from '../connector/findings.ts';
import { duckdbType, type ColumnType } from '../warehouse/column-type.ts';
import { BatchFiles, type BatchFileOptions, type FieldRow } from './batch-files.ts';
import type { DestinationClient } from './destination-client.ts';
import { allColumns, type KnownTable } from './known-table.ts';
import { migratedTables, migrationDetails } from './migration-details.ts';
import { readType, type Step } from './read-input.ts';
import { batchRows, historyRows } from './write-rows.ts';

/** What was done, for a person to read. */
export interface StepOutcome {
  readonly step: string;
  readonly table: string;
  /** Rows that were sent. */
  readonly rows?: number;
  /** What the destination says of a table that is to be described, without what Fivetran adds. */
  readonly described?: string;
  readonly ms: number;
}

/** What a step did, before its time is known. */
type DoneStep = Omit<StepOutcome, 'ms'>;

export interface StepsOptions {
  readonly client: DestinationClient;
  readonly findings: Findings;
  readonly log: Log;
  /** Where batch files are while they are needed. */
  readonly folder: string;
  readonly files?: BatchFileOptions;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Does the steps of input files in a destination, and knows its tables. */
export class StepRunner {
  readonly #options: StepsOptions;
  readonly #tables = new Map<string, KnownTable>();
  #lastMs = 0;

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** Does one step. @throws {Failure} as the destination answers it. */
  async run(step: Step): Promise<StepOutcome> {
    const began = performance.now();
    const done = await this.#do(step);
    const outcome = { ...done, ms: Math.round(performance.now() - began) };
    this.#options.log.info('step done', outcome);
    return outcome;
  }

  async #do(step: Step): Promise<DoneStep> {
    switch (step.is) {
      case 'create':
        await this.#create(step.table);
        return { step: 'create_table', table: step.table.name };
      case 'alter':
        await this.#alter(step.table, false);
        return { step: 'alter_table', table: step.table.name };
      case 'describe': {
        const table = await this.#options.client.describe(step.table);
        if (table !== undefined) this.#tables.set(step.table, table);
        const described = table === undefined ? 'not found' : columnsText(table);
        return { step: 'describe_table', table: step.table, described };
      }
      case 'write':
        await this.#write(step);
        return { step: step.op, table: step.table, rows: step.rows.length };
      case 'truncate': {
        await this.#options.client.truncate(step.table, this.#tick(), step.soft);
        const name = step.soft ? 'soft_truncate_before' : 'truncate_before';
        return { step: name, table: step.table };
      }
      case 'migrate':
        await this.#migrate(step.name, step.terms);
        return { step: step.name, table: String(step.terms['table'] ?? step.terms['from_table']) };
    }
  }

  /** As Fivetran does, a table that is there is altered rather than made. */
  async #create(table: KnownTable): Promise<void> {
    const { client } = this.#options;
    const before = await client.describe(table.name);
    if (before !== undefined) return await this.#alter(table, false);
    await client.create(table);
    await this.#compare(table);
  }

  async #alter(table: KnownTable, dropColumns: boolean): Promise<void> {
    await this.#options.client.alter(table, dropColumns);
    await this.#compare(table);
  }

  /** What the destination says that it has, beside what it was told to have. */
  async #compare(wanted: KnownTable): Promise<void> {
    const { client, findings } = this.#options;
    const found = await client.describe(wanted.name);
    this.#tables.set(wanted.name, wanted);
    const where = `table ${wanted.name}`;
    if (found === undefined) {
      findings.add('described-otherwise', 'a table that was made is not described', where);
      return;
    }
    for (const [name, type] of wanted.columns) {
      const column = found.columns.get(name);
      if (column !== undefined && duckdbType(column) === duckdbType(type)) continue;
      const seen = column === undefined ? 'not described' : `described as ${typeText(column)}`;
      findings.add(
        'described-otherwise',
        `a column that was to be ${typeText(type)} is ${seen}`,
        `${where}, column ${name}`,
      );
    }
    if (found.key.join() !== wanted.key.join() && wanted.key.length > 0) {
      findings.add('described-otherwise', 'the key is not the one that was asked for', where);
    }
  }

  async #write({ op, table: name, rows }: Step & { readonly is: 'write' }): Promise<void> {
    const { client, folder, files: fileOptions = {} } = this.#options;
    const table = await this.#known(name);
    if (table === undefined) {
      this.#options.log.warn('there is no such table; its rows are left out', { table: name });
      return;
    }
    const synced = new Date(this.#tick()).toISOString();
    const parts = (table.isHistory ? historyRows : batchRows)(table, op, rows, synced);
    await using files = new BatchFiles(folder, fileOptions);
    const columns = allColumns(table);
    const write = async (kind: string, some: readonly FieldRow[] = []) => {
      for (const row of some) expectColumns(row, columns, name);
      return [...(await files.write(`${name}-${kind}`, columns, some))];
    };
    const request = {
      earliestStartFiles: await write('earliest-start', parts.earliestStart),
      replaceFiles: await write('replace', parts.replace),
      updateFiles: await write('update', parts.update),
      deleteFiles: await write('delete', parts.delete),
      keys: files.keys,
      fileParams: files.params,
    };
    if (table.isHistory) await client.writeHistory(table, request);
    else await client.writeBatch(table, request);
  }

  async #migrate(
    name: string,
    terms: Extract<Step, { readonly is: 'migrate' }>['terms'],
  ): Promise<void> {
    const { client, findings } = this.#options;
    const schemaChange = await this.#alteration(name, terms);
    if (schemaChange !== undefined) {
      return await this.#alter(schemaChange, name === 'drop_column');
    }
    const details = migrationDetails(client.schemaName, name, terms);
    const isDone = await client.migrate(details);
    if (!isDone) {
      findings.add(
        'migration-unsupported',
        'the destination does not do this: Fivetran alters the table instead, without its old values',
        name,
      );
    }
    for (const table of migratedTables(details)) {
      const described = await client.describe(table);
      if (described === undefined) this.#tables.delete(table);
      else this.#tables.set(table, described);
    }
  }

  /** The table that a migration by AlterTable ends with; undefined for those that Migrate does. */
  async #alteration(
    name: string,
    terms: Extract<Step, { readonly is: 'migrate' }>['terms'],
  ): Promise<KnownTable | undefined> {
    if (!['add_column', 'change_column_data_type', 'drop_column'].includes(name)) return undefined;
    const [tableName, column] = [String(terms['table']), String(terms['column'])];
    const table = await this.#known(tableName);
    if (table === undefined) {
      throw new Failure('config', 'there is no such table', { where: `${name}, ${tableName}` });
    }
    const columns = new Map(table.columns);
    if (name === 'drop_column') columns.delete(column);
    else columns.set(column, readType(String(terms['data_type']), name));
    return { ...table, columns };
  }

  async #known(name: string): Promise<KnownTable | undefined> {
    const known = this.#tables.get(name) ?? (await this.#options.client.describe(name));
    if (known !== undefined) this.#tables.set(name, known);
    return known;
  }

  /** Now, at least a millisecond after the step before: Truncate knows no shorter time. */
  #tick(): number {
    const { now = Date.now } = this.#options;
    this.#lastMs = Math.max(now(), this.#lastMs + 1);
    return this.#lastMs;
  }
}

function expectColumns(row: FieldRow, columns: ReadonlyMap<string, unknown>, table: string): void {
  for (const name of row.keys()) {
    if (columns.has(name)) continue;
    throw new Failure('config', `a row has the column ${name}, and the table has not`, {
      where: `table ${table}`,
    });
  }
}

function typeText({ name, precision, scale }: ColumnType): string {
  return precision === undefined ? name : `${name}(${precision},${scale ?? 0})`;
}

function columnsText(table: KnownTable): string {
  return [...table.columns].map(([name, type]) => `${name} ${typeText(type)}`).join(', ');
}
