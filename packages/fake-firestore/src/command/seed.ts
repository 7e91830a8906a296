import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { DirectWrite } from '../direct-database.ts';
import { fullName } from '../names/resource-name.ts';
import { ValueSchema, type Value } from '../protocol/document.gen.ts';
import type { Plain } from '../values/to-value.ts';
import { CommandError } from './command-error.ts';

/** Values that JSON has no form for are objects of one member, such as `{"$timestamp": "2026-01-01T00:00:00Z"}`. */
const tags: Readonly<Record<string, (given: unknown, database: string) => Plain | undefined>> = {
  $timestamp: (given) => instant(given),
  $bytes: (given) =>
    typeof given === 'string' ? new Uint8Array(Buffer.from(given, 'base64')) : undefined,
  $reference: (given, database) =>
    typeof given === 'string' ? reference(fullName(database, given)) : undefined,
  $geo: (given) => geoPoint(given),
  $integer: (given) =>
    typeof given === 'string' && /^-?\d+$/.test(given) ? BigInt(given) : undefined,
  $double: (given) => double(given),
  $vector: (given) =>
    Array.isArray(given)
      ? { __type__: '__vector__', value: given.map((element) => double(element) ?? null) }
      : undefined,
};

/**
 * The documents of a seed: an object of paths and fields, such as `{"users/ada": {"name": "Ada"}}`.
 * @throws {CommandError} that says which document and field is wrong
 */
export function parseSeed(text: string, database: string): readonly DirectWrite[] {
  const seed = parse(text);
  if (!isObject(seed)) {
    throw new CommandError('it is not an object of documents, such as {"users/ada": {}}.');
  }
  return Object.entries(seed).map(([path, fields]) => {
    if (!isObject(fields)) throw new CommandError(`the document "${path}" is not an object.`);
    const plain = Object.entries(fields).map(
      ([key, value]) => [key, plainOf(value, `${path}: ${key}`, database)] as const,
    );
    return { set: path, fields: Object.fromEntries(plain) };
  });
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

function plainOf(value: unknown, where: string, database: string): Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
    throw new CommandError(
      `"${where}" is an integer that JSON cannot hold: write {"$integer": "…"}.`,
    );
  }
  if (Array.isArray(value)) return value.map((element) => plainOf(element, where, database));
  if (!isObject(value)) throw new CommandError(`"${where}" has no form in Firestore.`);
  const members = Object.entries(value);
  const [tag, given] = members[0] ?? ['', undefined];
  if (!tag.startsWith('$') || members.length > 1) {
    return Object.fromEntries(
      members.map(([key, member]) => [key, plainOf(member, `${where}.${key}`, database)]),
    );
  }
  const plain = tags[tag]?.(given, database);
  if (plain !== undefined) return plain;
  const known = Object.keys(tags).join(', ');
  throw new CommandError(
    `"${where}" has the tag ${tag} with a value it does not go with; tags are ${known}.`,
  );
}

function instant(given: unknown): Value | undefined {
  const date = typeof given === 'string' ? new Date(given) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) return undefined;
  return create(ValueSchema, { type: { case: 'timestampValue', value: timestampFromDate(date) } });
}

function reference(value: string): Value {
  return create(ValueSchema, { type: { case: 'referenceValue', value } });
}

function geoPoint(given: unknown): Value | undefined {
  const [latitude, longitude] = Array.isArray(given) ? (given as unknown[]) : [];
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  return create(ValueSchema, { type: { case: 'geoPointValue', value: { latitude, longitude } } });
}

/** A double: a number, or the text NaN, Infinity, -Infinity or -0. */
function double(given: unknown): Value | undefined {
  const value = typeof given === 'string' ? Number(given) : given;
  if (typeof value !== 'number' || (Number.isNaN(value) && given !== 'NaN')) return undefined;
  return create(ValueSchema, { type: { case: 'doubleValue', value } });
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
