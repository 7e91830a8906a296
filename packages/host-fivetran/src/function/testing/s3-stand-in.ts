import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { CallerBucket } from '../caller.ts';

/** What stands for S3 in tests: keeps objects in memory, and believes nobody. */
export interface S3StandIn extends AsyncDisposable {
  readonly url: string;
  /** By their paths: `/bucket/key`. */
  readonly objects: ReadonlyMap<string, Buffer>;
  /** What was asked, as the method and the path. */
  readonly requests: readonly string[];
  /** Environment of a function that may write here. */
  readonly environment: Readonly<Record<string, string>>;
  /** The bucket as the caller of a function reads it. */
  readonly bucket: CallerBucket;
}

export interface S3Options {
  /** Where the bucket is. */
  readonly region?: string;
  /** What requests are answered, the first one first, in place of what they ask for: `503 SlowDown`. */
  readonly refusals?: string[];
  /** Breaks connections in the middle of so many bodies. */
  readonly breaks?: number;
}

const keys = { id: 'AKIDEXAMPLE', secret: 'a+secret/key', token: 'a session token/+==' };

export async function s3StandIn(options: S3Options = {}): Promise<S3StandIn> {
  const { region = 'eu-central-1', refusals = [] } = options;
  let { breaks = 0 } = options;
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? '');
    requests.push(`${request.method} ${path}`);
    const refuse = (status: number, code: string, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/xml', ...headers });
      response.end(`<Error><Code>${code}</Code><Message>No ${keys.secret}</Message></Error>`);
    };
    const [status, code] = refusals.shift()?.split(' ') ?? [];
    if (status !== undefined) return refuse(Number(status), code ?? '');
    const problem = problemOf(request, region);
    if (problem === 'region') {
      return refuse(301, 'PermanentRedirect', { 'x-amz-bucket-region': region });
    }
    if (problem !== undefined) return refuse(403, problem);
    if (!path.startsWith('/rows/')) return refuse(404, 'NoSuchBucket');
    // Only now the body is asked for.
    if (request.headers.expect !== undefined) response.writeContinue();
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(Buffer.from(chunk));
      if (breaks > 0) {
        breaks--;
        request.socket.destroy();
        return;
      }
    }
    const body = Buffer.concat(chunks);
    const hash = createHash('sha256').update(body).digest('hex');
    if (hash !== request.headers['x-amz-content-sha256']) {
      return refuse(400, 'XAmzContentSHA256Mismatch');
    }
    objects.set(path, body);
    response.end();
  }

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    // A body that breaks off leaves no object.
    answer(request, response).catch(() => response.destroy());
  };
  const server = createServer(handle).on('checkContinue', handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    objects,
    requests,
    environment: {
      AWS_ACCESS_KEY_ID: keys.id,
      AWS_SECRET_ACCESS_KEY: keys.secret,
      AWS_SESSION_TOKEN: keys.token,
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_S3: url,
    },
    bucket: { name: 'rows', read: async (file) => objects.get(`/rows/${file}`) },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * What is wrong with the rights of a request, by the algorithm that AWS publishes:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
function problemOf(request: IncomingMessage, region: string): string | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, id, date = '', asked = '', names = '', signature] =
    form.exec(request.headers.authorization ?? '') ?? [];
  const valueOf = (name: string) => String(request.headers[name] ?? '');
  const time = valueOf('x-amz-date');
  if (id !== keys.id) return 'InvalidAccessKeyId';
  if (valueOf('x-amz-security-token') !== keys.token) return 'InvalidToken';
  const age = Math.abs(
    Date.now() - Date.parse(time.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:')),
  );
  if (!time.startsWith(date) || !(age < 900_000)) return 'RequestTimeTooSkewed';
  const needed = ['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];
  if (needed.some((name) => !names.split(';').includes(name))) return 'AccessDenied';
  const canonical = [
    request.method,
    canonicalPath(request.url ?? ''),
    '',
    ...names.split(';').map((name) => `${name}:${valueOf(name).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    valueOf('x-amz-content-sha256'),
  ].join('\n');
  const scope = [date, asked, 's3', 'aws4_request'];
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${keys.secret}`);
  if (hmac(key, toSign).toString('hex') !== signature) return 'SignatureDoesNotMatch';
  return asked === region ? undefined : 'region';
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Each byte but letters, digits and four signs as `%XY`, once. */
function canonicalPath(path: string): string {
  return [...Buffer.from(decodeURIComponent(path))]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[\w.~/-]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
