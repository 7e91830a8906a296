import { setTimeout as sleep } from 'node:timers/promises';
import { buildProgram, randomFrom, tempFolder } from '@fairlead/testkit';
import { afterAll, expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { type ProtocolClient, protocolClient } from '../protocol/protocol-client.ts';
import { BatchFileWriter, type Field, unmodifiedField } from './testing/batch-file-writer.ts';
import { type DestinationProgram, startDestination } from './testing/destination-program.ts';
import { type Operation, TableModel } from './testing/table-models.ts';
import { column, queryFile } from './testing/test-destination.ts';
import { writeRows } from './testing/write-rows.ts';

/** How many processes are killed: by default more where everything has to be tested. */
const kills = Number(process.env['FAIRLEAD_KILLS'] ?? (process.env['CI'] === 'true' ? 60 : 8));
const program = await buildProgram(new URL('testing/main-destination.ts', import.meta.url));
afterAll(() => program[Symbol.asyncDispose]());

const { method } = DestinationConnector;
// The schema is called like the database file, which DuckDB takes for one and the other.
const schemaName = 'crash';
const columns = [
  column('a!', DataType.INT),
  column('b!', DataType.STRING),
  column('x', DataType.STRING),
  column('y', DataType.DOUBLE),
];
const table = { name: 't', columns };
const success = { case: 'success', value: true };
const keysOfBatch = 300;

test(
  `a server that is killed ${kills} times in its calls leaves what every call done once would`,
  async () => {
    await using folder = await tempFolder();
    const random = randomFrom(11);
    const configuration = { path: folder.join('crash.duckdb') };
    let server: DestinationProgram | undefined;
    let killed = 0;

    /** Makes a call until it is answered; while there are kills left the server may die in it. */
    async function repeat<Answer>(make: (call: ProtocolClient['ask']) => Promise<Answer>) {
      for (;;) {
        server ??= await startDestination(program.path);
        const running = server;
        const over = new AbortController();
        // A first call of a process takes some tenths of a second.
        const delayMs = random.integer(0, 400);
        const isDoomed = killed < kills && random.fraction() < 0.6;
        const dying = isDoomed
          ? sleep(delayMs, undefined, { signal: over.signal }).then(() => {
              killed++;
              server = undefined;
              return running[Symbol.asyncDispose]();
            })
          : Promise.resolve();
        const answer = await make(protocolClient(running.channel).ask).catch(() => undefined);
        over.abort();
        await dying.catch(() => {});
        // An answer that was given is lost all the same now and then.
        if (answer !== undefined && !(isDoomed && random.fraction() < 0.2)) return answer;
      }
    }

    const model = new TableModel();
    try {
      const create = { configuration, schemaName, table };
      const created = await repeat((call) => call(method.createTable, create));
      expect(created.response).toEqual(success);
      while (killed < kills) {
        const operations = batchOf(random);
        const rows = TableModel.rowsOf(operations);
        const response = await repeat((call) =>
          writeRows(
            { configuration, call, files: () => new BatchFileWriter(folder.path) },
            { schemaName, table },
            rows,
          ),
        );
        expect(response).toEqual(success);
        for (const operation of operations) model.apply(operation);
      }
    } finally {
      await server?.[Symbol.asyncDispose]();
    }
    const found = await queryFile(
      configuration.path,
      'SELECT CAST(a AS VARCHAR), b, x, CAST(y AS VARCHAR) FROM crash.t',
    );
    expect(sorted(found)).toEqual(sorted(model.rows()));
  },
  60_000 + kills * 5_000,
);

function batchOf(random: ReturnType<typeof randomFrom>): readonly Operation[] {
  return Array.from({ length: keysOfBatch }, (_, index) => ({
    kind: random.pick(['replace', 'replace', 'update', 'delete']),
    key: [String(random.integer(0, 2) * keysOfBatch + index), 'k'] as const,
    x: random.pick<Field>([null, 'text', 'another', unmodifiedField]),
    y: random.pick<Field>([null, '0.5', unmodifiedField]),
  }));
}

function sorted(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
