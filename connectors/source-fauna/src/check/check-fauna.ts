import { Failure, type Log } from '@fairlead/sdk';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import type { FaunaConfig } from '../settings.ts';
import { now } from '../wire/expression.ts';
import { checkAll } from './check-all.ts';
import { checkCollection } from './check-collection.ts';

/**
 * Proves that the settings work: that the server is Fauna and takes the secret, that what is to be read is there, and that
 * the key may read it. For one collection also that its index fits, and that its columns are there. What makes less be
 * read than one may think is logged.
 * @throws {Failure} that says what is wrong, where, and what to change.
 */
export async function checkFauna(
  fauna: Fauna,
  config: FaunaConfig,
  scope: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  await connect(fauna, scope.signal);
  const { name } = config.collection;
  if (name === undefined) await checkAll(fauna, config, scope);
  else await checkCollection(fauna, config, name, scope);
}

async function connect(fauna: Fauna, signal: AbortSignal): Promise<void> {
  try {
    await (fauna.apiVersion === '10'
      ? fauna.fql('Time.now()', {}, signal)
      : fauna.query(now(), signal));
  } catch (error) {
    const { kind, message, hint, retryAfterMs, cause } = failureOf(error, fauna.server);
    throw new Failure(kind, `Failed to connect to database: ${message}`, {
      where: fauna.server,
      ...(hint === undefined ? {} : { hint }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      cause,
    });
  }
}
