import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, type FailureKind } from '@fairlead/sdk';
import { AwsV4Signer } from 'aws4fetch';
import { sizeOf } from './answer.ts';

/** An object of S3 that is to be written. */
export interface PutTarget {
  readonly url: URL;
  /** For messages. */
  readonly bucket: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/**
 * Writes an object, which is whole afterwards, unless another region is named that has the bucket: then
 * nothing was written. The pieces are sent as they are, without another copy of them.
 * @throws {Failure} access, config, transient
 */
export async function putObject(
  target: PutTarget,
  pieces: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<{ readonly otherRegion?: string }> {
  const { status, region, code } = await send(target, pieces, signal);
  if (status === 200) return {};
  const redirects = status === 301 || status === 307 || status === 400;
  if (redirects && region !== undefined && region !== target.region) return { otherRegion: region };
  throw refusal(target, status, code);
}

/** What S3 has answered. */
interface Reply {
  readonly status: number;
  /** Where the bucket is, when it says so. */
  readonly region: string | undefined;
  /** Of the error. */
  readonly code: string | undefined;
}

async function send(
  target: PutTarget,
  pieces: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<Reply> {
  const { url } = target;
  const headers = await signedHeaders(target, pieces);
  const open = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const request = open(url, { method: 'PUT', headers, signal });
  // What breaks after the answer has begun is told by the answer.
  request.on('error', () => {});
  try {
    return await answerTo(request, pieces);
  } catch (error) {
    signal.throwIfAborted();
    throw new Failure('transient', 'the connection to S3 has broken', {
      where: `bucket ${target.bucket}`,
      cause: error,
    });
  } finally {
    request.destroy();
  }
}

async function answerTo(request: ClientRequest, pieces: readonly Uint8Array[]): Promise<Reply> {
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  // The body may fail first.
  answered.catch(() => {});
  const stop = new AbortController();
  const { signal } = stop;
  try {
    // One that has no rights is told so before it has sent anything.
    const isAnswered = await Promise.race([
      answered.then(() => true),
      once(request, 'continue', { signal }).then(() => false),
      delay(patienceMs, false, { signal }),
    ]);
    if (!isAnswered) await Promise.race([sendBody(request, pieces), answered]);
  } finally {
    stop.abort();
  }
  const [response] = await answered;
  return await read(response);
}

async function sendBody(request: ClientRequest, pieces: readonly Uint8Array[]): Promise<void> {
  await pipeline(Readable.from(slices(pieces), { objectMode: false }), request);
}

/** How long a server is waited for that may not know how to say that it wants the body. */
const patienceMs = 1_000;

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= longestError) chunks.push(bytes);
  }
  const [, code] = /<Code>(\w+)<\/Code>/.exec(Buffer.concat(chunks).toString('utf8')) ?? [];
  const region = response.headers['x-amz-bucket-region'];
  return {
    status: response.statusCode ?? 0,
    region: typeof region === 'string' ? region : undefined,
    code,
  };
}

const longestError = 64 * 1024;

async function signedHeaders(
  { url, region, credentials }: PutTarget,
  pieces: readonly Uint8Array[],
): Promise<Record<string, string>> {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  const signer = new AwsV4Signer({
    method: 'PUT',
    url: url.href,
    service: 's3',
    region,
    headers: { 'X-Amz-Content-Sha256': hash.digest('hex') },
    ...credentials,
  });
  const { headers } = await signer.sign();
  return {
    ...Object.fromEntries(headers),
    'content-type': 'application/json',
    'content-length': String(sizeOf(pieces)),
    expect: '100-continue',
  };
}

/** The bytes in parts that a connection takes one after the other, so that none is copied as a whole. */
function* slices(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += sliceBytes) {
      yield piece.subarray(at, at + sliceBytes);
    }
  }
}

const sliceBytes = 256 * 1024;

/** What the codes of S3 mean that say more than the status. */
const kinds: Readonly<Record<string, FailureKind>> = {
  NoSuchBucket: 'config',
  InvalidBucketName: 'config',
  RequestTimeout: 'transient',
  OperationAborted: 'transient',
};

function refusal({ bucket }: PutTarget, status: number, code: string | undefined): Failure {
  const isBusy = status >= 500 || status === 429 || status === 408;
  const kind = kinds[code ?? ''] ?? (isBusy ? 'transient' : 'access');
  const what = `S3 does not take the rows (${[status, code].filter(Boolean).join(' ')})`;
  const hint = hints[kind];
  return new Failure(kind, what, {
    where: `bucket ${bucket}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

const hints: Partial<Record<FailureKind, string>> = {
  config: 'Check the name of the bucket in the settings of the connection.',
  access: 'Let the role of the function do s3:PutObject in this bucket.',
};
