import type { FaunaSet } from '../../read/fauna-set.ts';
import { fieldsOf, type Index, type Listing } from '../../store/schema.ts';
import { documentRef, isA, isArray, isRef, nativeRef, type Value } from '../../values/value.ts';
import {
  asCollection,
  asIndex,
  asList,
  asNull,
  asRef,
  asString,
  mismatch,
  undefinedRef,
} from '../casts.ts';
import { arrayCursor } from '../cursors.ts';
import { failure, invalidArgument, notFound, together, type Place } from '../failures.ts';
import { form, type Call, type Form } from '../form.ts';
import { isListing, objectRef } from '../parse-ref.ts';

const ofSchema: readonly (readonly [key: string, listing: Listing])[] = [
  ['collection', 'collections'],
  ['class', 'collections'],
  ['index', 'indexes'],
  ['database', 'databases'],
  ['function', 'functions'],
  ['role', 'roles'],
  ['access_provider', 'access_providers'],
];

const native: readonly (readonly [key: string, listing: Listing])[] = [
  ['collections', 'collections'],
  ['classes', 'collections'],
  ['indexes', 'indexes'],
  ['databases', 'databases'],
  ['functions', 'functions'],
  ['roles', 'roles'],
  ['keys', 'keys'],
  ['tokens', 'tokens'],
  ['credentials', 'credentials'],
  ['access_providers', 'access_providers'],
];

/** References and sets. */
export const refForms: readonly Form[] = [
  ...ofSchema.map(([key, listing]) =>
    form(key, (call) => objectRef(call.env.query.database, listing, call.as(key, asString))),
  ),
  ...native.map(([key, listing]) =>
    form(key, (call) => {
      call.as(key, asNull);
      return nativeRef(listing);
    }),
  ),
  form('ref id', ref),
  form('documents', (call) => {
    const collection = call.as('documents', asCollection);
    if (typeof collection !== 'string') return setValue({ is: 'documents', collection });
    if (!isListing(collection))
      throw mismatch('Collection Ref', call.value('documents'), call.at('documents'));
    return setValue({ is: 'listing', listing: collection });
  }),
  form('match', (call) => match(call, 'match', [])),
  form('match terms', (call) => match(call, 'match', asList(call.value('terms')))),
  form('match index', (call) => match(call, 'index', asList(call.value('match')))),
  form('range from to', (call) => {
    const source = call.as('range', asSet);
    const [from, to] = together([
      () => arrayCursor(source, call.value('from'), call.at('from'), 'min'),
      () => arrayCursor(source, call.value('to'), call.at('to'), 'max'),
    ]);
    if (from === undefined || to === undefined) return null;
    return setValue({ is: 'range', source, from, to });
  }),
  form('events', (call) => {
    const source = call.as('events', asSetOrDocument);
    if (source.is === 'events') {
      throw invalidArgument(call.place, 'Set does not support events history.');
    }
    return setValue({ is: 'events', source });
  }),
  form('singleton', (call) => setValue({ is: 'singleton', ref: call.as('singleton', asRef) })),
];

/** The set a value means; a reference to a document means that document alone. */
export function asSetOrDocument(value: Value, place: Place): FaunaSet {
  if (isA(value, 'set')) return value.set;
  if (isRef(value) && value.to === 'native' && isListing(value.name)) {
    return { is: 'listing', listing: value.name };
  }
  if (isA(value, 'unresolved')) throw undefinedRef(value, place);
  if (isRef(value)) return { is: 'document', ref: value };
  throw mismatch('Ref or Set', value, place);
}

function asSet(value: Value, place: Place): FaunaSet {
  const set = asSetOrDocument(value, place);
  if (set.is === 'document') throw mismatch('Set', value, place);
  return set;
}

function setValue(set: FaunaSet): Value {
  return { kind: 'set', set };
}

function ref(call: Call): Value {
  const [make, id] = together<bigint | ((id: bigint) => Value)>([
    () => childOf(call.value('ref'), call.at('ref')),
    () => asId(call.value('id'), call.at('id')),
  ]);
  return typeof make === 'function' && typeof id === 'bigint' ? make(id) : null;
}

/** What makes the reference to a document of a collection. */
function childOf(value: Value, place: Place): (id: bigint) => Value {
  if (isA(value, 'unresolved') && value.listing === 'collections' && value.id === undefined) {
    return (id) => ({ ...value, id });
  }
  if (isA(value, 'unresolved')) throw mismatch('Collection Ref', value, place);
  const collection = asCollection(value, place);
  if (typeof collection !== 'string') return (id) => documentRef(collection, id);
  throw invalidArgument(place, 'Regular Class Ref expected, Schema Class Ref provided.');
}

const longest = 2n ** 63n - 1n;

function asId(value: Value, place: Place): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'string') throw mismatch('String or Number', value, place);
  if (/^[+-]?\d+$/.test(value)) {
    const id = BigInt(value.replace('+', ''));
    if (id <= longest && id >= -longest) return id;
    throw invalidArgument(place, `The id provided is too large: '${value}'`);
  }
  throw invalidArgument(
    place,
    `Number or numeric String expected, non-numeric '${value}' provided.`,
  );
}

function match(call: Call, key: string, terms: readonly Value[]): Value {
  const index = indexOf(call, key);
  const isBuilt = index.activeFrom <= call.env.query.snapshot;
  if (!isBuilt || fieldsOf(index).get('active') === false) {
    throw notFound(call.at('index'), `Index '${index.name}' is not active.`);
  }
  for (const term of terms) {
    if (isArray(term)) throw mismatch('Scalar', term, call.at('terms'));
  }
  return setValue({ is: 'match', index, terms });
}

function indexOf(call: Call, key: string): Index {
  const value = call.value(key);
  if (typeof value !== 'string') return asIndex(value, call.at(key));
  const index = call.env.query.database.index(value);
  if (index !== undefined) return index;
  throw failure(call.at('index'), 'invalid ref', `Ref refers to undefined index '${value}'`);
}
