import { describeFailure, isFailure } from '@fairlead/sdk';
import { logOf, writeJson, type Invocation } from '../invocation.ts';
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
  if (invocation.options.json === true) {
    const results = ends.map(({ end, connector, failure }) => ({
      end,
      connector,
      ok: failure === undefined,
      ...(failure === undefined
        ? {}
        : { failure: { kind: failure.kind, message: describeFailure(failure) } }),
    }));
    await writeJson(invocation.output, { ends: results });
  } else {
    const columns = [{ title: 'end' }, { title: 'connector' }, { title: 'result' }];
    const rows = ends.map(({ end, connector, failure }) => [
      end,
      connector,
      failure === undefined ? 'ok' : 'failed',
    ]);
    await invocation.output.write(renderTable(columns, rows));
  }
  for (const { failure } of ends) if (failure !== undefined) throw failure;
}

type Scope = Parameters<Checkable['check']>[0];
interface Checkable {
  check(scope: { log: ReturnType<typeof logOf>; signal: AbortSignal }): Promise<void>;
}

/** How the check failed, if it did. */
async function attempt(end: Checkable, scope: Scope) {
  try {
    await end.check(scope);
    return undefined;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
}
