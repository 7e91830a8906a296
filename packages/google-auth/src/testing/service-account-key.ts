import { generateKeyPairSync, verify } from 'node:crypto';

/** A key of a service account that is nobody's, new for each process. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const serviceAccountKey = {
  type: 'service_account',
  project_id: 'demo-project',
  private_key_id: '0123456789abcdef',
  private_key: privatePem,
  client_email: 'reader@demo-project.iam.gserviceaccount.com',
  client_id: '1234567890',
  token_uri: 'https://oauth2.googleapis.com/token',
  universe_domain: 'googleapis.com',
} as const;

/** What a token says, after its signature was found to be of {@link serviceAccountKey}. */
export function verified(token: string): { header: unknown; claims: Record<string, unknown> } {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Error('the signature is not of this key');
  }
  return { header: decode(header), claims: decode(claims) as Record<string, unknown> };
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
