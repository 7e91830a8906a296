import { planRun } from '@fairlead/runtime';
import type { Change } from '@fairlead/sdk';
import { logOf, writeJson, type Invocation } from '../invocation.ts';
import { printable } from '../printable.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';

/** `fairlead plan`: what a run would do to the destination first, ready to be run. */
export async function plan(invocation: Invocation, options: FileOptions): Promise<void> {
  const pipeline = await openPipeline(invocation, options);
  const found = await planRun(pipeline, {
    log: logOf(invocation),
    signal: invocation.interruption.now,
  });
  if (invocation.options.json === true) await writeJson(invocation.output, found);
  else if (found.changes.length === 0) await invocation.output.write('-- nothing to do\n');
  else await invocation.output.write(renderChanges(found.changes));
}

/** Changes as a script: each statement under a comment that says what it does. */
export function renderChanges(changes: readonly Change[]): string {
  return changes
    .map(({ description, statement }) => {
      const end = /;\s*$/.test(statement) ? '' : ';';
      return `-- ${printable(description)}\n${statement.trimEnd()}${end}\n`;
    })
    .join('\n');
}
