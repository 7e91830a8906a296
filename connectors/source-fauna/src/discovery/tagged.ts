// Small answers as plain objects, tags and all. Never documents.
import { decodeValue, JsonSyntaxError } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';

export type Tagged = Readonly<Record<string, unknown>>;

/**
 * A member of an answer: `resource` of FQL v4, `data` of v10.
 * @throws {Failure} data, when the answer is no JSON.
 */
export function memberOf(body: Uint8Array, member: 'resource' | 'data', where: string): unknown {
  const answer = decoded(body, where);
  return isRecord(answer) ? answer[member] : undefined;
}

function decoded(body: Uint8Array, where: string): unknown {
  try {
    return decodeValue(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new Failure('data', `the answer is no JSON: ${error.message}`, { where });
  }
}

/** Whether a value is an object. */
export function isRecord(value: unknown): value is Tagged {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The id of a reference in tagged JSON, such as the name of a collection; undefined for anything else. */
export function refId(value: unknown): string | undefined {
  const ref = isRecord(value) ? value['@ref'] : undefined;
  const id = isRecord(ref) ? ref['id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** The id of a reference to a collection that users have made. */
export function collectionId(value: unknown): string | undefined {
  const ref = isRecord(value) ? value['@ref'] : undefined;
  return isRecord(ref) && refId(ref['collection']) === 'collections' ? refId(value) : undefined;
}

/** An integer of either language; undefined for anything else. */
export function integerOf(value: unknown): number | undefined {
  const text = isRecord(value) ? (value['@int'] ?? value['@long']) : value;
  const number = typeof text === 'string' || typeof text === 'number' ? Number(text) : Number.NaN;
  return Number.isInteger(number) ? number : undefined;
}
