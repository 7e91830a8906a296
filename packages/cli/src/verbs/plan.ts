import { planRun } from '@fairlead/runtime';
import type { Change } from '@fairlead/sdk';
import { renderEstimate } from '../render-estimate.ts';
import { logOf, writeJson, type Invocation } from '../invocation.ts';
import { printable } from '../printable.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';

/** `fairlead plan`: what a run would do to the destination first, ready to be run, and what it would cost. */
export async function plan(invocation: Invocation, options: FileOptions): Promise<void> {
  const pipeline = await openPipeline(invocation, options);
  const found = await planRun(pipeline, {
    log: logOf(invocation),
    signal: invocation.interruption.now,
  });
  if (invocation.options.json === true) {
    await writeJson(invocation.output, found);
    return;
  }
  const { changes, estimate } = found;
  await invocation.output.write(
    changes.length === 0 ? '-- nothing to do\n' : renderChanges(changes),
  );
  if (estimate === undefined) return;
  const comments = renderEstimate(estimate, 'the next run').map((line) => `-- ${line}\n`);
  await invocation.output.write(`\n${comments.join('')}`);
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
