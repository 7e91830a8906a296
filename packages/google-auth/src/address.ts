import { Failure } from '@fairlead/sdk';

/**
 * The address, if it is one to ask at.
 * @param mayBePlain whether what is sent there may go unencrypted; to this machine it always may
 * @throws {Failure} config
 */
export function checkAddress(address: string, mayBePlain: boolean): URL {
  const hint = 'Check the addresses in the credentials.';
  if (!URL.canParse(address)) {
    throw new Failure('config', 'the credentials hold an address that is none', { hint });
  }
  const url = new URL(address);
  const isPlain = url.protocol === 'http:';
  if (!isPlain && url.protocol !== 'https:') {
    throw new Failure('config', 'an address must begin with https://', { hint });
  }
  if (url.username !== '' || url.password !== '') {
    throw new Failure('config', 'an address must not hold a user or a password', { hint });
  }
  if (isPlain && !mayBePlain && !isLoopback(url.hostname)) {
    throw new Failure('config', `what would be sent to ${url.host} must not go unencrypted`, {
      where: url.origin,
      hint,
    });
  }
  return url;
}

/** The method and the address as messages show them: without the query, which may be a secret. */
export function placeOf(method: string, url: URL): string {
  return `${method} ${url.origin}${url.pathname}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
