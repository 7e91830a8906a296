import { members } from '@fairlead/json';
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
  /** The same as it came, with all its digits; absent where the request came as a value. */
  readonly stateJson?: Uint8Array;
  readonly secrets: Members;
  readonly customPayload: Members;
  /** Whether the settings are to be tested, and nothing is to be read. */
  readonly isTest: boolean;
  /** Where the rows go, which the answer then has not. */
  readonly file?: BucketFile;
}

/** A file of a bucket of S3. */
export interface BucketFile {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads a request: the bytes or the text of a JSON object, or the object itself.
 * @throws {Failure} config, which never quotes the request.
 */
export function readRequest(body: unknown): FunctionRequest {
  const request = typeof body === 'string' || body instanceof Uint8Array ? parse(body) : body;
  if (!isMembers(request)) throw malformed('the request is no JSON object');
  const { agent, sync_id: syncId, state } = request;
  return {
    ...(typeof agent === 'string' ? { agent } : {}),
    ...(typeof syncId === 'string' ? { syncId } : {}),
    state: state ?? {},
    ...(isMembers(state) ? stateJsonOf(body) : {}),
    secrets: membersOf(request, 'secrets'),
    customPayload: membersOf(request, 'customPayload'),
    isTest: request['setup_test'] === true || request['setup_test'] === 'true',
    ...fileOf(request),
  };
}

function stateJsonOf(body: unknown): Pick<FunctionRequest, 'stateJson'> {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return {};
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const found = [...members(bytes)].findLast(({ name }) => name === 'state');
  return found === undefined ? {} : { stateJson: bytes.subarray(found.start, found.end) };
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

function fileOf({ bucket = null, file = null }: Members): Pick<FunctionRequest, 'file'> {
  if (bucket === null) return {};
  if (typeof bucket === 'string' && typeof file === 'string' && bucket !== '' && file !== '') {
    return { file: { bucket, key: file } };
  }
  throw malformed('the request names a bucket, and no file in it');
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
