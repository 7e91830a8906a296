import { Failure, isFailure } from '@fairlead/sdk';

/** Texts and failures of a connector without the secrets that it was given. */
export interface SecretMask {
  text(text: string): string;
  /** The failure with its secrets hidden; any other error as it is. */
  failure(error: unknown): unknown;
}

/** A mask for these secrets. Those of less than four characters would hide what is none. */
export function maskSecrets(secrets: readonly string[]): SecretMask {
  // A secret that holds another one goes first.
  const known = secrets
    .filter((secret) => secret.length >= 4)
    .toSorted((a, b) => b.length - a.length);
  const text = (shown: string) =>
    known.reduce((now, secret) => now.replaceAll(secret, '****'), shown);
  return {
    text,
    failure(error) {
      if (!isFailure(error)) return error;
      const { kind, message, where, hint } = error;
      return new Failure(kind, text(message), {
        ...(where === undefined ? {} : { where: text(where) }),
        ...(hint === undefined ? {} : { hint: text(hint) }),
      });
    },
  };
}
