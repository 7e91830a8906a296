import { accessOf, type Role } from '../access.ts';
import { jsonBody, type Reply } from '../http/exchange.ts';
import type { RequestRecord } from '../http/request-record.ts';
import type { Served } from '../http/v4-endpoint.ts';
import { JsonError, parseJson, type Json } from '../json/parse-json.ts';
import { ProtocolFailure } from '../v4/failures.ts';
import { decoded, invalidRequest, queryText } from './decode.ts';
import { V10Failure } from './failure.ts';
import { evaluate } from './interpret.ts';
import { parseQuery } from './parse.ts';
import { V10Writer, type Format } from './render.ts';
import type { Context, Thing } from './thing.ts';
import { tokensOf } from './served-tokens.ts';

/** Answers a query of FQL v10. */
export function answerV10(served: Served, record: RequestRecord, role: Role): Reply {
  const { database, counters } = served;
  const started = performance.now();
  const context = contextOf(served, role, database.snapshot());
  const { transaction, counts, snapshot } = context.query;
  const format: Format = record.headers['x-format'] === 'tagged' ? 'tagged' : 'simple';
  const info = (ts: number, summary: string) => {
    counters.add(counts);
    const stats = {
      compute_ops: 1,
      read_ops: counts.reads,
      write_ops: counts.writes,
      query_time_ms: Math.round(performance.now() - started),
      contention_retries: 0,
      storage_bytes_read: counts.reads,
      storage_bytes_write: counts.writes,
      rate_limits_hit: [],
    };
    return JSON.stringify({ summary, txn_ts: ts, stats, schema_version: 0 }).slice(1);
  };
  try {
    const result = run(record.body, context);
    const writer = new V10Writer(format, context);
    writer.text('{"data":');
    writer.write(result);
    const ts = transaction.wrote ? transaction.ts : snapshot;
    database.commit(transaction);
    writer.text(`,${info(ts, '')}`);
    return { status: 200, headers: { 'x-txn-time': String(ts) }, body: writer.body.bytes() };
  } catch (error) {
    transaction.rollback();
    const { status, code, message, more } = failureOf(error);
    const { summary = `error: ${message}`, abort, ...rest } = more;
    const writer = new V10Writer(format, context);
    writer.text(`{"error":${JSON.stringify({ code, message, ...rest }).slice(0, -1)}`);
    if (abort !== undefined) {
      writer.text(',"abort":');
      // Whatever is under `abort` was put there by an evaluation.
      writer.write(abort as Thing);
    }
    writer.text(`},${info(snapshot, String(summary))}`);
    return { status, body: writer.body.bytes() };
  }
}

/** The answer of a request that fails as a whole. */
export function v10Failure(status: number, code: string, message: string): Reply {
  return { status, body: jsonBody({ error: { code, message } }) };
}

/** What a request is evaluated in. */
export function contextOf(served: Served, role: Role, snapshot: number): Context {
  const { database, settings } = served;
  const query = {
    database,
    access: accessOf(role),
    snapshot,
    until: Infinity,
    transaction: database.begin(),
    counts: { reads: 0, elements: 0, writes: 0 },
    secrets: served.secrets,
    indexBuildMicros: settings.indexBuildMicros,
    defaultHistoryDays: settings.defaultHistoryDays,
  };
  return { query, at: undefined, symbolic: undefined, tokens: tokensOf(database) };
}

/** The JSON of a request. @throws {V10Failure} invalid_request */
export function requestJson(body: string): ReadonlyMap<string, Json> {
  try {
    const json = parseJson(body);
    if (json instanceof Map) return json;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw invalidRequest('Invalid request body.');
}

function run(body: string, context: Context): Thing {
  const json = requestJson(body);
  const query = json.get('query');
  if (query === undefined)
    throw invalidRequest('Invalid request body: missing required field `query`.');
  const { text, values } = queryText(query, context);
  const given = json.get('arguments');
  const names = given instanceof Map ? decoded(given, context) : new Map<string, Thing>();
  const scope = { names: names instanceof Map ? names : new Map<string, Thing>(), it: null };
  return evaluate(parseQuery(text, values), scope, context);
}

function failureOf(error: unknown) {
  if (error instanceof V10Failure) return error;
  if (error instanceof ProtocolFailure)
    return new V10Failure('invalid_request', error.message, { status: error.status });
  const message = error instanceof Error ? error.message : String(error);
  return new V10Failure('internal_error', message, { status: 500 });
}
