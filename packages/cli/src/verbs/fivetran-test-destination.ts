import { resolve } from 'node:path';
import { tryDestination, type DestinationReport } from '@fairlead/fivetran-tester';
import { conclude, logOf, type Invocation } from '../invocation.ts';
import { printable } from '../printable.ts';
import { renderTable } from '../render-table.ts';
import { readConfiguration } from './fivetran-files.ts';
import { inBlocks, noticeLines, testLines } from './fivetran-report.ts';
import { fivetranTarget } from './fivetran-target.ts';

export interface TestDestinationOptions {
  readonly configuration?: string;
  readonly plainText?: boolean;
  readonly inputFile?: string;
  readonly schemaName?: string;
}

/** `fairlead fivetran test-destination`: what the input files of a folder say, done as Fivetran does it. */
export async function testDestination(
  invocation: Invocation,
  word: string,
  folder: string,
  options: TestDestinationOptions,
): Promise<void> {
  const { environment, output, interruption } = invocation;
  const configuration = readConfiguration(environment, options.configuration);
  await using destination = await fivetranTarget(invocation, word, 'destination');
  const report = await tryDestination({
    target: destination.target,
    configuration,
    folder: resolve(environment.folder, folder),
    plainText: options.plainText === true,
    ...(options.inputFile === undefined ? {} : { inputFile: options.inputFile }),
    ...(options.schemaName === undefined ? {} : { schema: options.schemaName }),
    log: logOf(invocation),
    signal: interruption.now,
  });
  const { failure, ...rest } = report;
  const text = invocation.options.json === true ? `${JSON.stringify(rest)}\n` : textOf(report);
  await conclude(output, text, failure);
}

function textOf({ tests, steps, findings, warnings }: DestinationReport): string {
  const table = renderTable(
    [
      { title: 'file' },
      { title: 'step' },
      { title: 'table' },
      { title: 'rows', align: 'right' },
      { title: 'ms', align: 'right' },
    ],
    steps.map(({ file, step, table: name, rows, ms }) => [
      file,
      step,
      name,
      rows === undefined ? '' : String(rows),
      String(ms),
    ]),
  );
  return inBlocks(
    testLines(tests),
    steps.length === 0 ? [] : table,
    steps.flatMap(({ table: name, described }) =>
      described === undefined ? [] : [printable(`${name}: ${described}`)],
    ),
    noticeLines(findings, warnings),
  );
}
