import { FaunaError } from '../client/fauna-error.ts';
import { isForbidden, isMissing } from '../client/error-kinds.ts';
import type { Fauna } from '../client/fauna.ts';
import { inBatches } from '../in-batches.ts';
import { get, indexes, lambda, map, raw, var_ } from '../wire/expression.ts';
import { chooseIndexes, readIndexDefinition, type IndexDefinition } from './index-definition.ts';
import { listSet } from './listing.ts';
import { memberOf } from './tagged.ts';

/**
 * For each collection the name of the index by which its changes are read: of those that fit the first in the order of the
 * server. One rule for all who ask. FQL v10 has no need of any.
 */
export async function usableIndexes(
  fauna: Fauna,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  return fauna.apiVersion === '10' ? new Map() : chooseIndexes(await listIndexes(fauna, signal));
}

/**
 * The indexes that the key may see, in the order of the server. One that it may see in the list and not in detail, or that
 * has just been deleted, is left out.
 */
async function listIndexes(fauna: Fauna, signal: AbortSignal): Promise<readonly IndexDefinition[]> {
  const documents = await listTogether(fauna, signal).catch((error: unknown) => {
    if (!isOfOne(error)) throw error;
    return listOneByOne(fauna, signal);
  });
  return documents.map(readIndexDefinition).filter((index) => index !== undefined);
}

/** A page of definitions for each page of the list; one that cannot be had spoils its page. */
function listTogether(fauna: Fauna, signal: AbortSignal): Promise<readonly unknown[]> {
  const definition = lambda('x', get(var_('x')));
  return listSet(fauna, indexes(), signal, (page) => map(definition, page));
}

async function listOneByOne(fauna: Fauna, signal: AbortSignal): Promise<readonly unknown[]> {
  const refs = await listSet(fauna, indexes(), signal);
  return await inBatches(refs, async (ref) => {
    try {
      const answer = await fauna.query(get(raw(JSON.stringify(ref))), signal);
      return memberOf(answer, 'resource', fauna.server);
    } catch (error) {
      if (isOfOne(error)) return undefined;
      throw error;
    }
  });
}

/** Whether it may be that one index is refused, or gone, and others are not. */
function isOfOne(error: unknown): boolean {
  return (
    isForbidden(error) ||
    isMissing(error) ||
    (error instanceof FaunaError && error.status === 401 && error.position.length > 0)
  );
}
