import { create } from '@bufbuild/protobuf';
import { databaseName } from '../names/resource-name.ts';
import {
  StatusSchema,
  WriteResultSchema,
  type Write,
  type WriteResult,
} from '../protocol/write.gen.ts';
import {
  BatchWriteRequestSchema,
  BatchWriteResponseSchema,
  BeginTransactionRequestSchema,
  BeginTransactionResponseSchema,
  CommitRequestSchema,
  CommitResponseSchema,
  RollbackRequestSchema,
} from '../protocol/writes.gen.ts';
import { GrpcError } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import { writeTarget } from '../store/apply-write.ts';
import type { WriteOutcome } from '../store/store.ts';
import { timestampOf } from '../time/micros.ts';
import type { Answer } from './answer.ts';
import { method } from './method.ts';

/** Commits writes all at once. */
export const commit = method(CommitRequestSchema, async ({ transactions }, request, answer) => {
  const database = databaseName(request.database);
  const { at, writes } = transactions.commit(database, request.writes, request.transaction);
  countWrites(request.writes, answer);
  await answer.send(CommitResponseSchema, {
    writeResults: writes.map(writeResult),
    commitTime: timestampOf(at),
  });
});

/** Commits writes one by one; each has its own status. */
export const batchWrite = method(BatchWriteRequestSchema, async ({ store }, request, answer) => {
  const database = databaseName(request.database);
  if (request.writes.length > 500) throw invalid('A batch has more than 500 writes.');
  const targets = request.writes.map(writeTarget);
  if (new Set(targets).size < targets.length) {
    throw invalid('Cannot write to the same entity multiple times in a single request.');
  }
  const answers = request.writes.map((write) => {
    try {
      const [outcome] = store.commit(database, [write]).writes;
      countWrites([write], answer);
      const result = outcome && writeResult(outcome);
      return { result: result ?? create(WriteResultSchema), status: create(StatusSchema) };
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      const status = create(StatusSchema, { code: error.code, message: error.details });
      return { result: create(WriteResultSchema), status };
    }
  });
  await answer.send(BatchWriteResponseSchema, {
    writeResults: answers.map(({ result }) => result),
    status: answers.map(({ status }) => status),
  });
});

/** Begins a transaction. */
export const beginTransaction = method(
  BeginTransactionRequestSchema,
  async ({ transactions }, request, answer) => {
    const { id } = transactions.begin(databaseName(request.database), request.options);
    await answer.send(BeginTransactionResponseSchema, { transaction: id });
  },
);

/** Forgets a transaction. */
export const rollback = method(RollbackRequestSchema, async ({ transactions }, request, answer) => {
  transactions.rollback(databaseName(request.database), request.transaction);
  await answer.sendEmpty();
});

/** What a write answers. */
export function writeResult({ updatedAt, transformResults }: WriteOutcome): WriteResult {
  return create(WriteResultSchema, {
    ...(updatedAt === undefined ? {} : { updateTime: timestampOf(updatedAt) }),
    transformResults: [...transformResults],
  });
}

/** Bills writes that were committed. */
export function countWrites(writes: readonly Write[], answer: Answer): void {
  for (const { operation } of writes) {
    if (operation.case === 'delete') answer.counts.deletes++;
    else answer.counts.writes++;
  }
}
