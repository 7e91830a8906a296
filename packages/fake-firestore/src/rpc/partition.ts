import { GrpcError, Status } from '@fairlead/grpc';
import { fullName, parentPlace } from '../names/resource-name.ts';
import { CursorSchema } from '../protocol/query.gen.ts';
import {
  PartitionQueryRequestSchema,
  PartitionQueryResponseSchema,
} from '../protocol/reads.gen.ts';
import { planQuery } from '../query/plan.ts';
import { splitPoints } from '../query/split-points.ts';
import { invalid } from '../invalid.ts';
import { create } from '@bufbuild/protobuf';
import { readTimeOf } from './context.ts';
import { method } from './method.ts';
import { nextPage, pageOffset } from './page-token.ts';

/** Points that cut a collection group into parts. Points of one page are in order, pages among each other are not. */
export const partitionQuery = method(
  PartitionQueryRequestSchema,
  async ({ store, settings }, request, answer) => {
    if (!settings.partitions || settings.style === 'emulator') {
      throw new GrpcError(Status.UNIMPLEMENTED, 'PartitionQuery is not there.');
    }
    const { database, path } = parentPlace(request.parent);
    const query = request.structuredQuery;
    const plan = planQuery(request.parent, query);
    const plain =
      plan.byName &&
      plan.orders[0]?.sign === 1 &&
      query?.where === undefined &&
      query?.limit === undefined &&
      query?.startAt === undefined &&
      query?.endAt === undefined &&
      plan.offset === 0;
    if (path !== '' || query?.from[0]?.allDescendants !== true || !plain) {
      throw invalid(
        'Only a query below the root, with all descendants, in ascending order of __name__, without filter, limit and cursor, can be cut into partitions.',
      );
    }
    if (request.partitionCount <= 0n) throw invalid('partition_count must be positive.');
    const at = readTimeOf(store, request.readTime);
    const most = Number(request.partitionCount);
    const points = splitPoints(
      store.database(database),
      plan,
      at,
      most,
      settings.partitionDocuments,
    );
    const size = request.pageSize > 0 ? request.pageSize : points.length;
    const pages = Math.max(1, Math.ceil(points.length / Math.max(1, size)));
    const page = pageOffset(request.pageToken);
    answer.bill(1);
    await answer.send(PartitionQueryResponseSchema, {
      partitions: points
        .filter((_, index) => index % pages === page)
        .map((point) => cursorAt(fullName(database, point))),
      nextPageToken: page + 1 < pages ? nextPage(page + 1) : '',
    });
  },
);

function cursorAt(name: string) {
  return create(CursorSchema, {
    values: [{ type: { case: 'referenceValue', value: name } }],
    before: true,
  });
}
