import { Failure } from '@fairlead/sdk';
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';

/** A JSON Web Token with these claims, signed by RSA and SHA-256 (RFC 7519; RS256 of RFC 7518). */
export function signJwt(
  claims: Readonly<Record<string, string | number>>,
  key: KeyObject,
  keyId: string | undefined,
): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/**
 * The RSA key of a PEM text. Line breaks may be written `\n`, as environment variables often have them.
 * @throws {Failure} config, which says what the text is instead
 */
export function readPrivateKey(pem: string, where: string): KeyObject {
  const hint = 'Give the JSON file of the key as Google made it, unchanged.';
  const unfit = (what: string) => new Failure('config', `private_key ${what}`, { where, hint });
  const lines = pem
    .replaceAll(String.raw`\r`, '')
    .replaceAll(String.raw`\n`, '\n')
    .trim();
  const [, label] = /^-----BEGIN ([A-Z ]+)-----/.exec(lines) ?? [];
  if (label === undefined) throw unfit('does not begin with -----BEGIN PRIVATE KEY-----');
  if (label.startsWith('ENCRYPTED') || lines.includes('Proc-Type: 4,ENCRYPTED')) {
    throw unfit('is encrypted with a password');
  }
  if (!label.endsWith('PRIVATE KEY')) throw unfit('is no private key but another PEM text');
  if (!lines.endsWith(`-----END ${label}-----`))
    throw unfit('is cut off: its last line is missing');
  const key = parseKey(lines);
  if (key === undefined) throw unfit('is damaged: it cannot be read');
  if (key.asymmetricKeyType !== 'rsa') throw unfit('is no RSA key');
  return key;
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
