import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../access.ts';
import { usualFailures, type Fault, type Faults } from '../faults.ts';
import { answerFeed } from '../v10/feed-endpoint.ts';
import { answerV10, v10Failure } from '../v10/query-endpoint.ts';
import { openStream } from '../v10/stream-endpoint.ts';
import {
  bodyOf,
  cut,
  headersOf,
  jsonBody,
  send,
  type Incoming,
  type Outgoing,
  type Reply,
} from './exchange.ts';
import type { Pace } from './pace.ts';
import type { RequestLog, RequestRecord } from './request-record.ts';
import { answerV4, protocolBody, type Served } from './v4-endpoint.ts';

/** All that requests are answered with. */
export interface Handling extends Served {
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly pace: Pace;
}

const endpoints = ['/', '/linearized', '/query/1', '/feed/1', '/stream/1'];

/** Answers one request. */
export async function handle(
  handling: Handling,
  request: Incoming,
  response: Outgoing,
): Promise<void> {
  const { counters, faults, log } = handling;
  const url = new URL(request.url ?? '/', 'http://server');
  const body = await bodyOf(request);
  const record: RequestRecord = {
    method: request.method ?? 'GET',
    path: url.pathname,
    headers: headersOf(request),
    body,
    status: 0,
    bytesOut: 0,
  };
  log.add(record);
  counters.requests++;
  counters.bytesIn += Buffer.byteLength(body);
  const finish = (reply: Reply) => {
    record.status = reply.status;
    record.bytesOut = reply.body.length;
    counters.bytesOut += reply.body.length;
    const time = { 'x-txn-time': String(handling.database.last) };
    send(response, { ...reply, headers: { ...time, ...reply.headers } });
  };
  const early = misdirected(record, url);
  if (early !== undefined) return finish(early);

  const fault = faults.take(record);
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
  if (fault.cut === 'before' && fault.afterwards !== true) return cut(request, response);
  const isV10 = record.path !== '/' && record.path !== '/linearized';
  if (fault.status !== undefined && fault.afterwards !== true)
    return finish(faultReply(fault, isV10));
  const role = handling.secrets.get(secretOf(record) ?? '');
  if (role === undefined) return finish(unauthorized(isV10));
  if (record.path === '/stream/1') {
    record.status = 200;
    return openStream(handling, record, role, response);
  }
  const { elements } = counters;
  const reply = answer(handling, record, role);
  await handling.pace.wait(counters.elements - elements);
  if (fault.cut !== undefined) {
    return cut(request, response, fault.cut === 'amid' ? reply : undefined);
  }
  if (fault.status !== undefined) return finish(faultReply(fault, isV10));
  if (fault.body !== undefined) return finish({ ...reply, body: Buffer.from(fault.body) });
  if (fault.brokenJson === true) {
    return finish({ ...reply, body: reply.body.subarray(0, Math.ceil(reply.body.length / 2)) });
  }
  finish({ ...reply, headers: { ...reply.headers, ...fault.headers } });
}

function answer(handling: Handling, record: RequestRecord, role: Role): Reply {
  if (record.path === '/query/1') return answerV10(handling, record, role);
  if (record.path === '/feed/1') return answerFeed(handling, record, role);
  return answerV4(handling, record, role);
}

/** What is answered to those who ask for something that is not there. */
function misdirected({ path, method }: RequestRecord, url: URL): Reply | undefined {
  if (path === '/ping' && method === 'GET') {
    const scope = url.searchParams.get('scope') ?? 'write';
    return { status: 200, body: jsonBody({ resource: `Scope ${scope} is OK` }) };
  }
  if (!endpoints.includes(path)) {
    return { status: 404, body: protocolBody('not found', 'Not Found') };
  }
  if (method === 'POST') return undefined;
  const body = protocolBody('method not allowed', 'Allowed methods are POST.');
  return { status: 405, headers: { allow: 'POST' }, body };
}

function unauthorized(isV10: boolean): Reply {
  if (isV10) {
    const reply = v10Failure(401, 'unauthorized', 'Access token required');
    return { ...reply, headers: { 'www-authenticate': 'Bearer' } };
  }
  const headers = { 'www-authenticate': 'Basic realm="Unauthorized"' };
  return { status: 401, headers, body: protocolBody('unauthorized', 'Unauthorized') };
}

const v10Codes: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'contended_transaction',
  410: 'forbidden',
  413: 'request_size_exceeded',
  429: 'limit_exceeded',
  440: 'time_out',
  500: 'internal_error',
  503: 'time_out',
  540: 'internal_error',
};

function faultReply(fault: Fault, isV10: boolean): Reply {
  const { status = 500 } = fault;
  const [usualCode, usualDescription] = usualFailures[status] ?? ['error', 'Something is wrong.'];
  const description = fault.description ?? usualDescription;
  const code = fault.code ?? (isV10 ? (v10Codes[status] ?? 'internal_error') : usualCode);
  const reply = isV10
    ? v10Failure(status, code, description)
    : { status, body: protocolBody(code, description) };
  const body = fault.body === undefined ? reply.body : Buffer.from(fault.body);
  return { ...reply, body, headers: { ...fault.headers } };
}

/** The secret of a request: that of Bearer, or the user of Basic. */
function secretOf({ headers }: RequestRecord): string | undefined {
  const [scheme = '', credentials = ''] = (headers['authorization'] ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(credentials, 'base64').toString().split(':')[0];
}
