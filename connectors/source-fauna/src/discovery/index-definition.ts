import { collectionId, isRecord, type Tagged } from './tagged.ts';

/** What is known of an index, as far as it matters here. */
export interface IndexDefinition {
  readonly name: string;
  /** The collections that it is over; one that is not a collection of users is written as the server wrote it. */
  readonly sources: readonly string[];
  readonly terms: readonly string[];
  /** As `{field: ts}`: with everything that changes the values or their order. */
  readonly values: readonly string[];
  /** Whether it can be read: it is not, while it is built. */
  readonly isActive: boolean;
}

/** An index out of its document; undefined when it is none. */
export function readIndexDefinition(document: unknown): IndexDefinition | undefined {
  if (!isRecord(document)) return undefined;
  const { name, source, terms, values, active } = document;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    sources: listOf(source).map(sourceText),
    terms: listOf(terms).map(valueText),
    values: listOf(values).map(valueText),
    isActive: active !== false,
  };
}

/**
 * Why the changes of a collection cannot be read by this index; undefined when they can. It must be over this collection
 * alone, have no terms, and begin with the values ts and ref; more values after them do no harm.
 */
export function misfitOf(index: IndexDefinition, collection: string): string | undefined {
  const { name, sources, terms, values } = index;
  if (sources.length !== 1 || sources[0] !== collection) {
    return `Index '${name}' should have source '${collection}', but it has source '${sources.join("', '")}'`;
  }
  if (terms.length > 0)
    return `Index '${name}' should have no terms, but it has ${listText(terms)}`;
  if (wanted.some((value, place) => values[place] !== value)) {
    return `Index should have values ${listText(wanted)}, but it has values ${listText(values)}`;
  }
  return undefined;
}

/** The first index of each collection by which its changes can be read, of those in this order that are active. */
export function chooseIndexes(indexes: readonly IndexDefinition[]): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  for (const index of indexes) {
    const [collection] = index.sources;
    if (collection === undefined || chosen.has(collection) || !index.isActive) continue;
    if (misfitOf(index, collection) === undefined) chosen.set(collection, index.name);
  }
  return chosen;
}

/** How such an index is made, for somebody who has none. */
export function indexRecipe(collection: string): string {
  return `Make it with CreateIndex({ name: "${collection}_ts", source: Collection("${collection}"), terms: [], values: [{ field: ["ts"] }, { field: ["ref"] }] }).`;
}

const wanted = ['{field: ts}', '{field: ref}'];

function listText(values: readonly string[]): string {
  return `[${values.join(', ')}]`;
}

/** One of a kind is written without an array, none at all is left out. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A collection, or an object that has it beside what is computed for the index. */
function sourceText(source: unknown): string {
  const nested = isRecord(source) ? (source['collection'] ?? source['class']) : undefined;
  return (
    collectionId(source) ??
    collectionId(nested) ??
    (typeof source === 'string' ? source : JSON.stringify(source))
  );
}

function valueText(value: unknown): string {
  if (!isRecord(value)) return JSON.stringify(value);
  const { field, ...more } = value;
  const named = field === undefined ? [] : [`field: ${listOf(field).join('.')}`];
  return `{${[...named, ...differences(more)].join(', ')}}`;
}

/** What is as usual may be written or left out. */
function differences(value: Tagged): string[] {
  return Object.entries(value)
    .filter(([name, setting]) => setting !== null && setting !== usual[name])
    .map(([name, setting]) => `${name}: ${String(setting)}`);
}

const usual: Readonly<Record<string, unknown>> = { reverse: false, mva: true };
