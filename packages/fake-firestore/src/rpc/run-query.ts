import { parentPlace } from '../names/resource-name.ts';
import { RunQueryRequestSchema, RunQueryResponseSchema } from '../protocol/reads.gen.ts';
import { planQuery } from '../query/plan.ts';
import { checkAllowed } from '../query/restrictions.ts';
import { documentsOf, runPlan } from '../query/run-plan.ts';
import { GrpcError, Status } from '@fairlead/grpc';
import type { Settings } from '../settings.ts';
import type { Item } from '../store/merge-runs.ts';
import { toMessage } from '../store/stored-document.ts';
import { queryEnvelope } from '../synthetic/envelopes.ts';
import { frameRun } from '../synthetic/frames.ts';
import { timestampOf } from '../time/micros.ts';
import { snapshotFor } from './context.ts';
import { MessageBatch } from './message-batch.ts';
import { method } from './method.ts';

/** The results of a query. Billed as one read each, for those skipped by the offset too, and as one if there are none. */
export const runQuery = method(RunQueryRequestSchema, async (context, request, answer) => {
  refuseExplain(request.explainOptions);
  const { database } = parentPlace(request.parent);
  checkAllowed(request.structuredQuery, context.settings, 'query');
  const plan = planQuery(request.parent, request.structuredQuery);
  const { at, transaction, begun } = snapshotFor(context, database, request.consistency);
  transaction?.plans.push(plan);
  const readTime = timestampOf(at);
  if (begun && transaction !== undefined) {
    await answer.send(RunQueryResponseSchema, { transaction: transaction.id });
  }

  const tally = { skipped: 0, cut: false };
  const batch = new MessageBatch(answer);
  let results = 0;
  const items = runPlan(context.store.database(database), plan, at, tally);
  for (const item of cutShort(items, context.settings.queryCut, tally)) {
    if (results === 0 && tally.skipped > 0) {
      await batch.add(RunQueryResponseSchema, { skippedResults: tally.skipped, readTime });
    }
    if (item.is === 'run' && plan.mask === undefined) {
      await batch.flush();
      for (const block of frameRun(item.shape, item.from, item.to, queryEnvelope(at))) {
        await answer.sendDocuments(block);
      }
      results += item.to - item.from;
      continue;
    }
    for (const stored of documentsOf([item])) {
      const document = toMessage(database, stored, plan.mask);
      answer.bill(1);
      results++;
      await batch.add(RunQueryResponseSchema, { document, readTime });
    }
  }
  answer.bill(tally.skipped + (results + tally.skipped === 0 ? 1 : 0));
  if (results === 0) {
    await batch.add(RunQueryResponseSchema, { readTime, skippedResults: tally.skipped });
  }
  await batch.flush();
  if (tally.cut) throw new GrpcError(Status.UNAVAILABLE, 'Query timed out. Please try again.');
});

/** Nothing, unless a request wants to have its plan explained. @throws {GrpcError} unimplemented */
export function refuseExplain(options: Uint8Array | undefined): void {
  if (options === undefined) return;
  throw new GrpcError(Status.UNIMPLEMENTED, 'This server does not explain queries.');
}

/** The items until a query has taken too long or given too much, as Firestore ends long scans. */
function* cutShort(
  items: Iterable<Item>,
  { afterMs = Infinity, afterDocuments = Infinity }: Settings['queryCut'],
  tally: { cut: boolean },
): Generator<Item> {
  const until = performance.now() + afterMs;
  let left = afterDocuments;
  for (const item of items) {
    let from = item.is === 'run' ? item.from : 0;
    const to = item.is === 'run' ? item.to : 1;
    while (from < to) {
      tally.cut = left === 0 || performance.now() > until;
      if (tally.cut) return;
      const count = Math.min(to - from, left, afterMs === Infinity ? Infinity : 4096);
      yield item.is === 'run' ? { ...item, from, to: from + count } : item;
      from += count;
      left -= count;
    }
  }
}
