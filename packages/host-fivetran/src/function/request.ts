import { Failure, type Json } from '@fairlead/sdk';

/** Members of an object that came as JSON. */
export type Members = Readonly<Record<string, Json>>;

/** What Fivetran asks of a function. */
export interface FunctionRequest {
  /** Which connection asks; for the log only. */
  readonly agent?: string;
  /** Tells one sync from another; absent in setup tests, and from old platforms. */
  readonly syncId?: string;
  /** What the function answered as `state` last time; empty at first. */
  readonly state: Json;
  readonly secrets: Members;
  readonly customPayload: Members;
  /** Whether the settings are to be tested, and nothing is to be read. */
  readonly isTest: boolean;
}

/**
 * Reads a request: the bytes or the text of a JSON object, or the object itself.
 * @throws {Failure} config, which never quotes the request.
 */
export function readRequest(body: unknown): FunctionRequest {
  const request = typeof body === 'string' || body instanceof Uint8Array ? parse(body) : body;
  if (!isMembers(request)) throw malformed('the request is no JSON object');
  const { agent, sync_id: syncId, state, bucket } = request;
  if (bucket !== undefined && bucket !== null) {
    throw new Failure('config', 'the connection wants its rows in a bucket', {
      where: 'request',
      hint: 'Set the sync method of the connection to direct.',
    });
  }
  return {
    ...(typeof agent === 'string' ? { agent } : {}),
    ...(typeof syncId === 'string' ? { syncId } : {}),
    state: state ?? {},
    secrets: membersOf(request, 'secrets'),
    customPayload: membersOf(request, 'customPayload'),
    isTest: request['setup_test'] === true || request['setup_test'] === 'true',
  };
}

/** Whether a value is a JSON object. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function membersOf(request: Members, name: string): Members {
  const value = request[name] ?? {};
  if (!isMembers(value)) throw malformed(`${name} is no JSON object`);
  return value;
}

function parse(body: string | Uint8Array): unknown {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which holds secrets.
    throw malformed('the request is not JSON');
  }
}

function malformed(message: string): Failure {
  return new Failure('config', message, {
    where: 'request',
    hint: 'Fivetran sends a JSON object by POST.',
  });
}
