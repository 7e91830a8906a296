import { callCommand } from './call-command.ts';
import { pipelineFolder } from './pipeline-folder.ts';
import type { Ended } from './run-command.ts';

/** A pipeline from `source-tick`, with three rows in each of two streams, into a box. */
export const shop = `name: shop
source:
  tick: { rows: 3 }
destination:
  box: { path: box.json }
`;

/** Calls `fairlead` with these words in a folder that holds `shop`, or another text, as its pipeline. */
export async function inShop(words: readonly string[], text: string = shop): Promise<Ended> {
  await using folder = await pipelineFolder({ 'pipeline.yaml': text });
  return await callCommand(words, { folder: folder.path });
}
