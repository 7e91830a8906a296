import type { IncomingHttpHeaders } from 'node:http2';

/**
 * Names in lower case with their values: bytes under a name that ends with `-bin`, printable ASCII under
 * any other. Of what was received, several texts under one name are joined by `, `, and of several
 * binary values the first is kept.
 */
export type Metadata = Readonly<Record<string, string | Uint8Array>>;

/** Metadata, or a function that is asked for it at each call. What it throws, the call throws. */
export type MetadataSource = Metadata | (() => Metadata | Promise<Metadata>);

/** The headers that carry `metadata`. Throws a `TypeError` that names an entry which cannot be sent. */
export function toHeaders(metadata: Metadata): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (!isName(name)) throw new TypeError(`"${name}" cannot be the name of metadata`);
    if (name.endsWith('-bin')) {
      if (typeof value === 'string') throw new TypeError(`metadata "${name}" must be bytes`);
      headers[name] = toBase64(value);
    } else {
      if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value)) {
        throw new TypeError(`metadata "${name}" must be printable ASCII`);
      }
      headers[name] = value;
    }
  }
  return headers;
}

/** The metadata among received headers: all but what belongs to HTTP and to gRPC itself. */
export function fromHeaders(headers: IncomingHttpHeaders): Metadata {
  const metadata: Record<string, string | Uint8Array> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || isReserved(name)) continue;
    const text = typeof value === 'string' ? value : value.join(', ');
    metadata[name] = name.endsWith('-bin') ? fromBase64(text) : text;
  }
  return metadata;
}

/** The first of the values in a `-bin` header, with or without padding. */
export function fromBase64(text: string): Uint8Array {
  const comma = text.indexOf(',');
  return Buffer.from(comma < 0 ? text : text.slice(0, comma), 'base64');
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('base64')
    .replace(/=+$/, '');
}

function isName(name: string): boolean {
  return /^[0-9a-z_.-]+$/.test(name) && !isReserved(name);
}

function isReserved(name: string): boolean {
  return name.startsWith(':') || name.startsWith('grpc-') || transportHeaders.has(name);
}

const transportHeaders = new Set(['content-type', 'te', 'connection', 'host', 'transfer-encoding']);
