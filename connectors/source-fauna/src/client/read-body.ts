import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { LinkError } from './link-error.ts';

/**
 * The whole body of an answer, unpacked.
 * @throws {LinkError} too-long, when it is longer than `mostBytes`, packed or not; no-http, when it is packed in a way
 *   that nobody asked for. What the connection fails with is thrown as it is.
 */
export async function readBody(
  response: IncomingMessage,
  mostBytes: number,
  server: string,
): Promise<Uint8Array> {
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  if (length > mostBytes) throw tooLong(mostBytes, server);
  const bytes = Number.isNaN(length)
    ? await gathered(response, mostBytes, server)
    : await filled(response, length);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return bytes;
  if (encoding === 'gzip') return await unpacked(bytes, mostBytes, server);
  throw new LinkError('no-http', `${server} packs its answers in a way that we do not read`);
}

/** Right into a buffer of its length. */
async function filled(response: IncomingMessage, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  await read(response, (chunk) => {
    at += chunk.copy(bytes, at);
  });
  return bytes;
}

async function gathered(
  response: IncomingMessage,
  mostBytes: number,
  server: string,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  await read(response, (chunk) => {
    length += chunk.length;
    if (length > mostBytes) throw tooLong(mostBytes, server);
    chunks.push(chunk);
  });
  return Buffer.concat(chunks, length);
}

/** Gives each chunk to `take` until the end. To iterate over the response would cost more than a small page does. */
function read(response: IncomingMessage, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        response.destroy();
        reject(error);
      }
    });
    response.on('error', reject);
    // What is cut off ends without its end, and with an error before it.
    response.on('end', resolve);
    response.on('close', () => reject(new Error('aborted')));
  });
}

const gunzipped = promisify(gunzip);

async function unpacked(bytes: Uint8Array, mostBytes: number, server: string): Promise<Uint8Array> {
  try {
    return await gunzipped(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLong(mostBytes, server);
    }
    throw new LinkError('cut', `an answer of ${server} cannot be unpacked`, { cause: error });
  }
}

function tooLong(mostBytes: number, server: string): LinkError {
  const mebibytes = Math.round(mostBytes / 1024 / 1024);
  return new LinkError('too-long', `an answer of ${server} is longer than ${mebibytes} MiB`);
}
