import type { StreamInfo } from '@fairlead/sdk';
import { columnTypes } from '../column-types.ts';
import { logOf, writeJson, type Invocation } from '../invocation.ts';
import { renderTable } from '../render-table.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';

/** `fairlead discover`: what the source offers. */
export async function discover(invocation: Invocation, options: FileOptions): Promise<void> {
  const { source } = await openPipeline(invocation, options);
  const streams = await source.discover({
    log: logOf(invocation),
    signal: invocation.interruption.now,
  });
  if (invocation.options.json === true) {
    await writeJson(invocation.output, { source: source.source.name, streams });
    return;
  }
  if (streams.length === 0) {
    await invocation.output.write('the source offers no streams\n');
    return;
  }
  const columns = [{ title: 'stream' }, { title: 'key' }, { title: 'columns' }];
  const rows = streams.map((stream) => [stream.name, keyOf(stream), columnsOf(stream)]);
  await invocation.output.write(renderTable(columns, rows));
}

function keyOf({ key }: StreamInfo): string {
  return key.length === 0 ? '-' : key.map((pointer) => pointer.slice(1)).join(', ');
}

function columnsOf({ schema }: StreamInfo): string {
  const columns = columnTypes(schema).map(({ name, type }) => `${name} ${type}`);
  return columns.length === 0 ? '-' : columns.join(', ');
}
