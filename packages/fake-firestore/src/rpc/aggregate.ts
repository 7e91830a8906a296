import { parentPlace } from '../names/resource-name.ts';
import {
  RunAggregationQueryRequestSchema,
  RunAggregationQueryResponseSchema,
} from '../protocol/reads.gen.ts';
import { aggregate } from '../query/aggregate.ts';
import { planQuery } from '../query/plan.ts';
import { checkAllowed } from '../query/restrictions.ts';
import { timestampOf } from '../time/micros.ts';
import { snapshotFor } from './context.ts';
import { method } from './method.ts';
import { refuseExplain } from './run-query.ts';

/** Counts, sums and averages. Billed as one read for every thousand documents that were begun. */
export const runAggregationQuery = method(
  RunAggregationQueryRequestSchema,
  async (context, request, answer) => {
    refuseExplain(request.explainOptions);
    const { database } = parentPlace(request.parent);
    const query = request.structuredAggregationQuery;
    checkAllowed(query?.structuredQuery, context.settings, 'query');
    const plan = planQuery(request.parent, query?.structuredQuery);
    const { at, transaction, begun } = snapshotFor(context, database, request.consistency);
    transaction?.plans.push(plan);
    const { fields, scanned } = aggregate(
      context.store.database(database),
      plan,
      query?.aggregations ?? [],
      at,
    );
    answer.bill(Math.max(1, Math.ceil(scanned / 1000)));
    await answer.send(RunAggregationQueryResponseSchema, {
      result: { aggregateFields: fields },
      readTime: timestampOf(at),
      ...(begun && transaction !== undefined ? { transaction: transaction.id } : {}),
    });
  },
);
