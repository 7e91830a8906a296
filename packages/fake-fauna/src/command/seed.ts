import type { DirectStore } from '../direct-store.ts';
import type { Plain } from '../plain.ts';
import { CommandError } from './command-error.ts';

/**
 * Fills a database from the text of a seed: an object of collections, each an object of ids and data. Values that
 * JSON has no form for are as on the wire, such as `{"@ts": "…"}`. Gives how many documents there were.
 * @throws {CommandError} that says what is wrong
 */
export function plantSeed(text: string, store: DirectStore): number {
  let count = 0;
  for (const [collection, documents] of Object.entries(objectIn(parse(text), 'it'))) {
    makeCollection(collection, store);
    const all = Object.entries(objectIn(documents, `the collection "${collection}"`));
    store.transaction((transaction) => {
      for (const [id, data] of all) {
        const name = `the document "${collection}/${id}"`;
        if (!/^\d{1,19}$/.test(id)) throw new CommandError(`${name} has an id that is no number.`);
        try {
          transaction.set(collection, id, objectIn(data, name));
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          throw new CommandError(`${name} cannot be stored: ${error.message}`);
        }
        count++;
      }
    });
  }
  return count;
}

/** Makes a collection, and the index that a reader of its changes needs. */
export function makeCollection(name: string, store: DirectStore): void {
  if (store.database.collection(name) === undefined) store.createCollection(name);
  const index = `${name}_ts`;
  if (store.database.index(index) !== undefined) return;
  store.createIndex(index, { source: name, values: ['ts', 'ref'] });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandError(
      `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
    );
  }
}

function objectIn(value: unknown, name: string): { readonly [key: string]: Plain } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    // It was parsed from JSON.
    return value as { readonly [key: string]: Plain };
  }
  throw new CommandError(`${name} is not an object, such as {"users": {"1": {"name": "Ada"}}}.`);
}
