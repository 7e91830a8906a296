import { describeFailure, isFailure, type Failure, type Log } from '@fairlead/sdk';
import { conclude, logOf, type Invocation } from '../invocation.ts';
import { renderTable } from '../render-table.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';

/** `fairlead check`: both ends are tried, and the first that fails decides the exit code. */
export async function check(invocation: Invocation, options: FileOptions): Promise<void> {
  const { source, destination } = await openPipeline(invocation, options);
  const scope = { log: logOf(invocation), signal: invocation.interruption.now };
  const ends = [
    { end: 'source', connector: source.source.name, failure: await attempt(source, scope) },
    {
      end: 'destination',
      connector: destination.materialization.name,
      failure: await attempt(destination, scope),
    },
  ];
  const text = invocation.options.json === true ? jsonOf(ends) : tableOf(ends);
  await conclude(
    invocation.output,
    text,
    ends.find(({ failure }) => failure !== undefined)?.failure,
  );
}

interface TriedEnd {
  readonly end: string;
  readonly connector: string;
  readonly failure: Failure | undefined;
}

function jsonOf(ends: readonly TriedEnd[]): string {
  const results = ends.map(({ end, connector, failure }) => ({
    end,
    connector,
    ok: failure === undefined,
    ...(failure === undefined
      ? {}
      : { failure: { kind: failure.kind, message: describeFailure(failure) } }),
  }));
  return `${JSON.stringify({ ends: results })}\n`;
}

function tableOf(ends: readonly TriedEnd[]): string {
  return renderTable(
    [{ title: 'end' }, { title: 'connector' }, { title: 'result' }],
    ends.map(({ end, connector, failure }) => [
      end,
      connector,
      failure === undefined ? 'ok' : 'failed',
    ]),
  );
}

interface Scope {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** How the check failed, if it did. */
async function attempt(
  end: { check(scope: Scope): Promise<void> },
  scope: Scope,
): Promise<Failure | undefined> {
  try {
    await end.check(scope);
    return undefined;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
}
