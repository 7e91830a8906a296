import { trySource, type Naming, type SourceReport } from '@fairlead/fivetran-tester';
import { Failure } from '@fairlead/sdk';
import { conclude, logOf, type Invocation } from '../invocation.ts';
import { givenJson } from '../platform/given-settings.ts';
import { renderTable } from '../render-table.ts';
import { filesOf, readConfiguration, shown } from './fivetran-files.ts';
import { inBlocks, noticeLines, testLines } from './fivetran-report.ts';
import { fivetranTarget } from './fivetran-target.ts';

export interface DebugOptions {
  readonly configuration?: string;
  readonly state?: string;
  readonly naming?: Naming;
  readonly schemaName?: string;
}

/**
 * `fairlead fivetran debug`: one sync of a source as Fivetran makes it, into a DuckDB file, with what
 * its author should look at.
 */
export async function debugSource(
  invocation: Invocation,
  word: string = '127.0.0.1:50051',
  options: DebugOptions = {},
): Promise<void> {
  const { environment, output, interruption } = invocation;
  const configuration = readConfiguration(environment, options.configuration);
  const state = initialState(invocation, options.state);
  const files = filesOf(environment);
  await using source = await fivetranTarget(invocation, word, 'source');
  const report = await trySource({
    target: source.target,
    configuration,
    ...files,
    ...(state === undefined ? {} : { initialState: state }),
    ...(options.naming === undefined ? {} : { naming: options.naming }),
    ...(options.schemaName === undefined ? {} : { schema: options.schemaName }),
    log: logOf(invocation),
    signal: interruption.now,
  });
  const places = {
    warehouse: shown(environment, files.warehouse),
    state: shown(environment, files.state),
  };
  const text = invocation.options.json === true ? jsonOf(report, places) : textOf(report, places);
  await conclude(output, text, report.failure);
}

function initialState({ environment }: Invocation, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const state = givenJson(environment, '--state', path);
  if (typeof state === 'object' && state !== null && !Array.isArray(state)) {
    return JSON.stringify(state);
  }
  throw new Failure('state', 'the file holds no JSON object', { where: path });
}

interface Places {
  readonly warehouse: string;
  readonly state: string;
}

function textOf(report: SourceReport, { warehouse, state }: Places): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const sent = renderTable(
    [{ title: 'sent' }, ...['upserts', 'updates', 'deletes', 'truncates'].map(right)],
    report.operations.map(({ table, upserts, updates, deletes, truncates }) => [
      table,
      ...[upserts, updates, deletes, truncates].map(String),
    ]),
  );
  const stored = renderTable(
    [{ title: 'stored' }, right('rows'), right('deleted')],
    report.tables.map(({ schema, table, rows, deleted }) => [
      `${schema}.${table}`,
      String(rows),
      String(deleted),
    ]),
  );
  const { checkpoints } = report;
  return inBlocks(
    testLines(report.tests),
    report.operations.length === 0 ? [] : sent,
    report.tables.length === 0 ? [] : stored,
    noticeLines(report.findings, report.warnings),
    [
      `${checkpoints} checkpoint${checkpoints === 1 ? '' : 's'}; the rows are in ${warehouse}` +
        (checkpoints === 0 ? '' : `, the state in ${state}`),
    ],
  );
}

function jsonOf({ failure: _failure, ...report }: SourceReport, places: Places): string {
  return `${JSON.stringify({ ...report, ...places })}\n`;
}
