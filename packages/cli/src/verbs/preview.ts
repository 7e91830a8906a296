import { previewRun, type StreamPreview } from '@fairlead/runtime';
import { Failure } from '@fairlead/sdk';
import { chooseStreams } from '../choose-streams.ts';
import { logOf, writeJson, type Invocation } from '../invocation.ts';
import { renderEstimate } from '../render-estimate.ts';
import { renderPreview } from '../render-preview.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';

/**
 * `fairlead preview [STREAM…]`: the first rows, what their columns would be, the statements to come, and what reading
 * all of it would cost.
 */
export async function preview(
  invocation: Invocation,
  streams: readonly string[],
  options: FileOptions & { readonly rows?: string },
): Promise<void> {
  const limit = rowsOf(options.rows);
  const scope = { log: logOf(invocation), signal: invocation.interruption.now };
  const pipeline = await openPipeline(invocation, options);
  const chosen = await chooseStreams(pipeline, streams, scope);
  const { streams: previews, estimate } = await previewRun(chosen, { ...scope, limit });
  if (previews.length === 0 && invocation.options.json !== true) {
    await invocation.output.write('the source offers no streams\n');
  }
  for (const [index, found] of previews.entries()) {
    if (invocation.options.json === true) await invocation.output.write(jsonLine(found));
    else await invocation.output.write(`${index === 0 ? '' : '\n'}${renderPreview(found)}`);
  }
  if (estimate === undefined || previews.length === 0) return;
  if (invocation.options.json === true) await writeJson(invocation.output, { estimate });
  else {
    const lines = renderEstimate(estimate, 'reading all of it');
    await invocation.output.write(`\n${lines.join('\n')}\n`);
  }
}

/** Rows of each stream when nothing is said. */
const defaultRows = 10;

function rowsOf(text: string | undefined): number {
  if (text === undefined) return defaultRows;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Failure('config', 'must be a whole number from 1 to 999999', { where: '--rows' });
}

/** One stream as a line of JSON; its rows are the documents to the letter. */
function jsonLine({ documents, ...about }: StreamPreview): Uint8Array {
  const comma = Buffer.from(',');
  const rows = documents.flatMap((document, index) =>
    index === 0 ? [document] : [comma, document],
  );
  const head = JSON.stringify(about).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head},"rows":[`), ...rows, Buffer.from(']}\n')]);
}
