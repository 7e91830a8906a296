import { Failure } from '@fairlead/sdk';
import { causeOf, isForbidden, isMissing } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import { indexRecipe, misfitOf, readIndexDefinition } from '../discovery/index-definition.ts';
import { memberOf } from '../discovery/tagged.ts';
import { get, index, match, paginate } from '../wire/expression.ts';

/**
 * Proves that the changes of a collection can be read by an index: that it is there, over this collection, with the right
 * values, built, and that the key may read it.
 * @throws {Failure}
 */
export async function checkIndex(
  fauna: Fauna,
  name: string,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  const where = `collection ${collection}`;
  const definition = await definitionOf(fauna, name, collection, signal);
  const misfit = definition === undefined ? undefined : misfitOf(definition, collection);
  if (misfit !== undefined) {
    throw new Failure('config', misfit, {
      where: `${where}, index ${name}`,
      hint: `Name another index in collection.index, or none. ${indexRecipe(collection)}`,
    });
  }
  if (definition?.isActive === false) {
    throw new Failure('transient', `Index '${name}' is not active yet`, {
      where,
      hint: 'The server is still building it: try again when its field active is true.',
    });
  }
  try {
    await fauna.query(paginate(match(index(name)), { size: 1 }), signal);
  } catch (error) {
    if (isForbidden(error)) throw forbidden(name, where, error);
    throw failureOf(error, `${where}, index ${name}`);
  }
}

/** Undefined when the key may not see it, which need not keep it from reading it. */
async function definitionOf(fauna: Fauna, name: string, collection: string, signal: AbortSignal) {
  const where = `collection ${collection}`;
  try {
    const answer = await fauna.query(get(index(name)), signal);
    return readIndexDefinition(memberOf(answer, 'resource', fauna.server));
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
