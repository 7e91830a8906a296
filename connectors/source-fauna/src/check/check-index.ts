import { Failure } from '@fairlead/sdk';
import { causeOf, isForbidden, isMissing } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import {
  indexRecipe,
  misfitOf,
  readIndexDefinition,
  type IndexDefinition,
} from '../discovery/index-definition.ts';
import { memberOf } from '../discovery/tagged.ts';
import { get, index, match, paginate } from '../wire/expression.ts';

/**
 * Proves that the changes of a collection can be read by an index: that it fits, and that the key may read it.
 * @throws {Failure}
 */
export async function checkIndex(
  fauna: Fauna,
  name: string,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  await checkFit(fauna, name, collection, signal);
  try {
    await fauna.query(paginate(match(index(name)), { size: 1 }), signal);
  } catch (error) {
    const where = `collection ${collection}`;
    if (isForbidden(error)) throw forbidden(name, where, error);
    throw failureOf(error, `${where}, index ${name}`);
  }
}

/** Proves that an index is there, over this collection, with the right values, and built. @throws {Failure} */
async function checkFit(
  fauna: Fauna,
  name: string,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  const where = `collection ${collection}`;
  const definition = await definitionOf(fauna, name, collection, signal);
  const misfit = definition === undefined ? undefined : misfitFailure(definition, collection);
  if (misfit !== undefined) throw misfit;
  if (definition?.isActive === false) {
    throw new Failure('transient', `Index '${name}' is not active yet`, {
      where,
      hint: 'The server is still building it: try again when its field active is true.',
    });
  }
}

/** Refuses an index that has other documents than those of a collection, or in another order. */
export function misfitFailure(
  definition: IndexDefinition,
  collection: string,
): Failure | undefined {
  const misfit = misfitOf(definition, collection);
  if (misfit === undefined) return undefined;
  return new Failure('config', misfit, {
    where: `collection ${collection}, index ${definition.name}`,
    hint: `Name another index in collection.index, or none. ${indexRecipe(collection)}`,
  });
}

/** What an index is; undefined when the answer is no definition. */
export async function getIndex(
  fauna: Fauna,
  name: string,
  signal: AbortSignal,
): Promise<IndexDefinition | undefined> {
  const answer = await fauna.query(get(index(name)), signal);
  return readIndexDefinition(memberOf(answer, 'resource', fauna.server));
}

async function definitionOf(fauna: Fauna, name: string, collection: string, signal: AbortSignal) {
  const where = `collection ${collection}`;
  try {
    return await getIndex(fauna, name, signal);
  } catch (error) {
    if (isForbidden(error)) throw forbidden(name, where, error);
    if (!isMissing(error)) throw failureOf(error, `${where}, index ${name}`);
    throw new Failure('config', `Index '${name}' does not exist`, {
      where,
      hint: `Check collection.index in the settings. ${indexRecipe(collection)}`,
      cause: causeOf(error),
    });
  }
}

function forbidden(name: string, where: string, error: unknown): Failure {
  return new Failure('access', `No permissions to read index '${name}'`, {
    where,
    hint: `Give the role of the key read on Indexes() and on the index ${name}.`,
    cause: causeOf(error),
  });
}
