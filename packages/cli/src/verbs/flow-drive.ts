import { text } from 'node:stream/consumers';
import {
  connectionTo,
  drive,
  jsonText,
  readFixture,
  type DriveCollection,
} from '@fairlead/host-flow';
import { describeIssues, Failure } from '@fairlead/sdk';
import { z } from 'zod';
import { loadMaterialization } from '../connectors/load-connector.ts';
import { flowProgram, type FlowProgram } from '../platform/flow-program.ts';
import { givenCount, givenSettings, readGiven } from '../platform/given-settings.ts';
import { printable } from '../printable.ts';
import type { Invocation } from '../invocation.ts';

export interface DriveOptions {
  readonly config?: string;
  readonly collections: string;
  readonly fixture?: string;
  readonly sessions?: string;
  readonly task?: string;
  readonly codec?: 'json' | 'proto';
}

/**
 * `fairlead flow-drive CONNECTOR`: fills a materialization as the runtime of Flow does, with the
 * transactions of a fixture. What was done to its tables and its last state are printed.
 */
export async function flowDrive(
  invocation: Invocation,
  words: readonly string[],
  options: DriveOptions,
): Promise<void> {
  const { environment, output } = invocation;
  const { codec = 'json', config, sessions, task = 'acmeCo/drive' } = options;
  const program = flowProgram(invocation, 'destination', words);
  const collections = await collectionsOf(invocation, program, options.collections);
  const transactions = readFixture(await fixtureText(invocation, options.fixture));
  try {
    const report = await drive({
      connect: () => connectionTo(program.launch, codec),
      task,
      config: config === undefined ? {} : givenSettings(environment, '--config', config),
      collections,
      transactions,
      packed: codec === 'proto',
      ...(sessions === undefined ? {} : { perSession: givenCount('--sessions', sessions, 1) }),
    });
    const { actions, log } = report;
    const counts = { transactions: log.committed, sessions: report.sessions };
    if (invocation.options.json === true) {
      await output.write(jsonText({ actions, ...counts, state: log.state }));
      await output.write('\n');
    } else {
      const done = actions.trim() === '' ? '-- nothing to do' : actions.trim();
      await output.write(`${done.split('\n').map(printable).join('\n')}\n\n`);
      await output.write(
        `${counted(counts.transactions, 'transaction')} in ${counted(counts.sessions, 'session')}\n`,
      );
    }
  } catch (error) {
    throw program.explain(error);
  }
}

const Collections = z.looseObject({
  collections: z.record(
    z.string(),
    z.looseObject({
      key: z.array(z.string().startsWith('/')).min(1),
      schema: z.record(z.string(), z.json()),
      resource: z.record(z.string(), z.json()).optional(),
      fields: z.array(z.string()).optional(),
    }),
  ),
});

/** The collections in a file, each with the settings of its table. */
async function collectionsOf(
  { environment }: Invocation,
  { installed }: FlowProgram,
  path: string,
): Promise<readonly DriveCollection[]> {
  const parsed = Collections.safeParse(givenSettings(environment, '--collections', path));
  if (!parsed.success) {
    throw new Failure('config', describeIssues(parsed.error.issues), { where: path });
  }
  const ours = installed === undefined ? undefined : await loadMaterialization(installed);
  return Object.entries(parsed.data.collections).map(([name, { resource, fields, ...rest }]) => {
    const table = resource ?? ours?.resourceFor(name.split('/').at(-1) ?? name);
    if (table === undefined) {
      throw new Failure('config', 'the settings of its table are missing', {
        where: `${path}, ${name}`,
        hint: 'Write them under "resource".',
      });
    }
    return { name, ...rest, resource: table, ...(fields === undefined ? {} : { fields }) };
  });
}

async function fixtureText({ environment }: Invocation, path = '-'): Promise<string> {
  return path === '-' ? await text(process.stdin) : readGiven(environment, '--fixture', path);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
