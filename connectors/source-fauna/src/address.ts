import { Failure, type Address, type Json } from '@fairlead/sdk';

/**
 * `fauna://DOMAIN[:PORT][/COLLECTION]`, and `fauna+http://` for a server without TLS, whose port is then 8443 unless
 * given. Deleted documents are told of. The secret is no part of it: FAUNA_SECRET in the environment, or the settings, have it.
 */
export const faunaAddress: Address = {
  schemes: ['fauna', 'fauna+http'],
  parse(address): Json {
    const [, plain, domain, port, collection] = form.exec(address) ?? [];
    if (domain === undefined) throw malformedAddress(address);
    const isPlain = plain !== undefined;
    const portNumber = port === undefined ? (isPlain ? 8443 : 443) : Number(port);
    if (portNumber < 1 || portNumber > 65_535) throw malformedAddress(address);
    const name = collection === undefined || collection === '' ? undefined : decoded(collection);
    return {
      domain,
      port: portNumber,
      scheme: isPlain ? 'http' : 'https',
      collection: {
        ...(name === undefined ? {} : { name }),
        deletions: { deletion_mode: 'deleted_field' },
      },
    };
  },
};

const form =
  /^fauna(\+http)?:\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/:?#@[\]]+)(?::([0-9]{1,5}))?(?:\/([^/?#]*))?$/;

/** A name that is written as it is, or as in a URL. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function malformedAddress(address: string): Failure {
  const hasSecret = address.includes('@');
  return new Failure('config', 'this is no address of a Fauna database', {
    // What stands before an @ may be a secret.
    where: hasSecret ? address.replace(/:\/\/.*@/s, '://…@') : address,
    hint: hasSecret
      ? 'Leave the secret out, and set FAUNA_SECRET.'
      : 'Write fauna://DOMAIN, fauna+http://DOMAIN:PORT or fauna://DOMAIN/COLLECTION.',
  });
}
