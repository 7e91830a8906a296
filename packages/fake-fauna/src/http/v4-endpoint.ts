import { accessOf, type Role } from '../access.ts';
import type { Counters } from '../counters.ts';
import type { Settings } from '../settings.ts';
import type { Database } from '../store/database.ts';
import type { QueryContext } from '../v4/env.ts';
import { ProtocolFailure, QueryFailure } from '../v4/failures.ts';
import { failureBody, runQuery, type Answer } from '../v4/run-query.ts';
import { jsonBody, type Reply } from './exchange.ts';
import type { RequestRecord } from './request-record.ts';

/** What the endpoints have in common. */
export interface Served {
  readonly database: Database;
  readonly settings: Settings;
  readonly counters: Counters;
  /** The role of each secret. */
  readonly secrets: Map<string, Role>;
}

/** Answers a query of FQL v4. */
export function answerV4(served: Served, record: RequestRecord, role: Role): Reply {
  const { database, settings, counters } = served;
  const started = performance.now();
  const lastSeen = Number(record.headers['x-last-seen-txn'] ?? 0);
  const snapshot = database.snapshot();
  const counts = { reads: 0, elements: 0, writes: 0 };
  let ts = snapshot;
  const run = (until: number): Answer => {
    const transaction = database.begin();
    const query: QueryContext = {
      database,
      access: accessOf(role),
      snapshot,
      until,
      transaction,
      counts,
      secrets: served.secrets,
      indexBuildMicros: settings.indexBuildMicros,
      defaultHistoryDays: settings.defaultHistoryDays,
    };
    try {
      checkVersion(record, settings);
      const answer = runQuery(record.body, query);
      // Who writes has to have read what is newest.
      if (transaction.wrote && until < snapshot) {
        transaction.rollback();
        return run(Infinity);
      }
      if (transaction.wrote) ts = transaction.ts;
      database.commit(transaction);
      return answer;
    } catch (error) {
      transaction.rollback();
      return failed(error);
    }
  };
  const lag = settings.replicaLagMicros;
  const answer = run(lag > 0 ? Math.max(snapshot - lag, lastSeen) : Infinity);
  counters.add(counts);
  return {
    ...answer,
    headers: {
      'x-txn-time': String(ts),
      'x-compute-ops': '1',
      'x-byte-read-ops': String(counts.reads),
      'x-byte-write-ops': String(counts.writes),
      'x-query-time': String(Math.round(performance.now() - started)),
      'x-query-bytes-in': String(Buffer.byteLength(record.body)),
      'x-query-bytes-out': String(answer.body.length),
      'x-storage-bytes-read': String(counts.reads),
      'x-storage-bytes-write': String(counts.writes),
      'x-txn-retries': '0',
    },
  };
}

/** The body of a failure that is not about the query. */
export function protocolBody(code: string, description: string): Uint8Array {
  return jsonBody({ errors: [{ code, description }] });
}

function failed(error: unknown): Answer {
  if (error instanceof QueryFailure) return { status: error.status, body: failureBody(error) };
  if (error instanceof ProtocolFailure) {
    return { status: error.status, body: protocolBody(error.code, error.message) };
  }
  const description = error instanceof Error ? error.message : String(error);
  return { status: 500, body: protocolBody('internal server error', description) };
}

function checkVersion({ headers }: RequestRecord, { requireApiVersion }: Settings): void {
  if (!requireApiVersion || headers['x-faunadb-api-version'] === '4') return;
  throw new ProtocolFailure(
    400,
    'bad request',
    'This stand-in speaks version 4: send X-FaunaDB-API-Version: 4.',
  );
}
