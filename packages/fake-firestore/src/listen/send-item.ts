import { ListenResponseSchema } from '../protocol/listen.gen.ts';
import type { Answer } from '../rpc/answer.ts';
import type { MessageBatch } from '../rpc/message-batch.ts';
import type { Database } from '../store/database.ts';
import type { Item } from '../store/merge-runs.ts';
import { changeEnvelope } from '../synthetic/envelopes.ts';
import { frameRun } from '../synthetic/frames.ts';
import { changed } from './deltas.ts';

/** Sends at most `most` documents of an item to a target; `rest` is what then is left of it. */
export async function sendItem(
  item: Item,
  targetId: number,
  most: number,
  database: Database,
  to: { readonly batch: MessageBatch; readonly answer: Answer },
): Promise<{ sent: number; rest: Item | undefined }> {
  if (item.is === 'document') {
    to.answer.bill(1);
    await to.batch.add(ListenResponseSchema, changed(database, item.document, [targetId], []));
    return { sent: 1, rest: undefined };
  }
  await to.batch.flush();
  const end = Math.min(item.to, item.from + most);
  for (const block of frameRun(item.shape, item.from, end, changeEnvelope(targetId))) {
    await to.answer.sendDocuments(block);
  }
  return { sent: end - item.from, rest: end < item.to ? { ...item, from: end } : undefined };
}
