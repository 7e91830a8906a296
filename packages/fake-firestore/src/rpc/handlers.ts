import { GrpcError, Status, type Handler, type ServerCall } from '@fairlead/grpc';
import type { Rpc } from '../faults/fault.ts';
import { invalid } from '../invalid.ts';
import { runAggregationQuery } from './aggregate.ts';
import { Answer } from './answer.ts';
import { batchWrite, beginTransaction, commit, rollback } from './commit.ts';
import type { Context } from './context.ts';
import { getDatabase } from './get-database.ts';
import { batchGetDocuments, getDocument } from './get-documents.ts';
import { listCollectionIds } from './list-collections.ts';
import { listDocuments } from './list-documents.ts';
import { listen } from './listen.ts';
import type { Method } from './method.ts';
import { partitionQuery } from './partition.ts';
import { runQuery } from './run-query.ts';
import { createDocument, deleteDocument, updateDocument } from './write-documents.ts';
import { write } from './write-stream.ts';

const methods: Readonly<Record<Rpc, Method>> = {
  GetDocument: getDocument,
  ListDocuments: listDocuments,
  CreateDocument: createDocument,
  UpdateDocument: updateDocument,
  DeleteDocument: deleteDocument,
  BatchGetDocuments: batchGetDocuments,
  BeginTransaction: beginTransaction,
  Commit: commit,
  Rollback: rollback,
  RunQuery: runQuery,
  RunAggregationQuery: runAggregationQuery,
  PartitionQuery: partitionQuery,
  Write: write,
  Listen: listen,
  ListCollectionIds: listCollectionIds,
  BatchWrite: batchWrite,
  GetDatabase: getDatabase,
};

/** The handlers of all calls, by their paths. */
export function createHandlers(context: Context): Record<string, Handler> {
  const handlers: Record<string, Handler> = {};
  for (const [rpc, serve] of Object.entries(methods) as [Rpc, Method][]) {
    const service =
      rpc === 'GetDatabase'
        ? 'google.firestore.admin.v1.FirestoreAdmin'
        : 'google.firestore.v1.Firestore';
    handlers[`/${service}/${rpc}`] = (call) => handle(context, rpc, serve, call);
  }
  return handlers;
}

async function handle(context: Context, rpc: Rpc, serve: Method, call: ServerCall): Promise<void> {
  const counts = context.counters.of(rpc);
  counts.calls++;
  counts.open++;
  try {
    const answer = new Answer(call, counts, context.faults.take(rpc), context.pace);
    await answer.begin();
    checkHeaders(context, rpc, call);
    await serve(context, call, answer);
  } finally {
    counts.open--;
  }
}

function checkHeaders({ faults, settings }: Context, rpc: Rpc, { metadata }: ServerCall): void {
  faults.checkToken(text(metadata['authorization']));
  const routing = text(metadata['x-goog-request-params']);
  if (settings.requireRoutingHeader && routing === undefined) {
    throw invalid(
      'Missing routing header. Please fill in the request header with format x-goog-request-params:key1=value1&key2=value2.',
    );
  }
  if (!settings.dataAccess && rpc !== 'GetDatabase') {
    throw new GrpcError(
      Status.FAILED_PRECONDITION,
      'The Firestore API is disabled for this database.',
    );
  }
  if (settings.mode === 'datastore' && rpc !== 'GetDatabase') {
    throw new GrpcError(
      Status.FAILED_PRECONDITION,
      'The Cloud Firestore API is not available for Firestore in Datastore Mode databases.',
    );
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
