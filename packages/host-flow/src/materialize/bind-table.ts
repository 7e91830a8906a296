import { formatPointer, parsePointer } from '@fairlead/json';
import { Failure, type Column, type Table } from '@fairlead/sdk';
import { columnSchema, isNullable } from './column-schema.ts';
import { isCastToString } from './field-config.ts';
import type { BindingSpec, Inference, Projection } from './flow-spec.ts';

/** A binding as a table, and how its stores become documents of that table. */
export interface BoundTable {
  /** Names it in messages. */
  readonly name: string;
  readonly table: Table;
  /**
   * `document`: documents are stored as they come, and loaded ones are whole. `row`: what is stored
   * is an object that has the document as a member, and beside it what is not in the document.
   */
  readonly form: 'document' | 'row';
  /** Name of the column that holds the document; empty when none does. */
  readonly document: string;
  readonly keys: readonly TupleField[];
  readonly values: readonly TupleField[];
}

/** An element of Flow's tuple of keys or values. */
export interface TupleField {
  /** Name of its column. */
  readonly name: string;
  /**
   * `document`: the document has it as well. `tuple`: only the tuple has it. `published`: it is the
   * time in the document's UUID. `text`: it is the text of what the tuple has.
   */
  readonly source: 'document' | 'tuple' | 'published' | 'text';
}

export interface BindOptions {
  readonly resource: unknown;
  readonly deltaUpdates: boolean;
  readonly hardDelete: boolean;
}

/**
 * The table that a built binding asks for: its keys, its values, then its document.
 * @throws {Failure} config, for a field that the collection does not have.
 */
export function bindTable(binding: BindingSpec, options: BindOptions): BoundTable {
  const { keys = [], values = [], document = '', fieldConfig = {} } = binding.fieldSelection ?? {};
  const name = binding.resourcePath?.join('.') ?? '';
  const projections = new Map(
    (binding.collection?.projections ?? []).map((projection) => [projection.field, projection]),
  );
  const selected = [...keys, ...values, ...(document === '' ? [] : [document])].map((field) => {
    const found = projections.get(field);
    const isCast = isCastToString(fieldConfig[field], `table ${name}, field ${field}`);
    if (isCast && (keys.includes(field) || field === document)) {
      throw new Failure('config', 'only a value can be cast to text', {
        where: `table ${name}, field ${field}`,
      });
    }
    if (found !== undefined) return { field, isCast, projection: found };
    throw new Failure('config', `there is no field "${field}" in the collection`, {
      where: `table ${name}`,
    });
  });
  const sources = selected.map(({ projection, isCast }) => {
    if (isCast && !isString(projection)) return 'text';
    return document === '' && !isPublicationTime(projection) ? 'tuple' : sourceOf(projection);
  });
  const isWhole = document !== '' && sources.every((source) => source === 'document');
  const columns = selected.map(({ field, projection, isCast }, index): Column => {
    const inference = projection.inference ?? {};
    const isKey = index < keys.length;
    const inDocument = parsePointer(projection.ptr ?? '');
    const inRow = sources[index] === 'document' ? [document, ...inDocument] : [field];
    return {
      name: field,
      pointer: formatPointer(isWhole ? inDocument : inRow),
      schema: columnSchema(isCast ? asString(inference) : inference),
      key: isKey && !(options.deltaUpdates && isNullable(inference)),
    };
  });
  const fields = selected.map(({ field }, index): TupleField => {
    return { name: field, source: sources[index] ?? 'tuple' };
  });
  return {
    name,
    table: {
      resource: options.resource,
      columns,
      write: options.deltaUpdates ? 'append' : 'merge',
      deletes: options.hardDelete && !options.deltaUpdates ? 'hard' : 'ignore',
    },
    form: isWhole ? 'document' : 'row',
    document,
    keys: fields.slice(0, keys.length),
    values: fields.slice(keys.length, keys.length + values.length),
  };
}

/** Where Flow's value of a projection is. */
function sourceOf(projection: Projection): TupleField['source'] {
  if (isPublicationTime(projection)) return 'published';
  const isOwn = projection.field === truncatedField || projection.inference?.default !== undefined;
  // A destination looks only for members of objects, and not for elements of arrays.
  const hasIndex = parsePointer(projection.ptr ?? '').some((step) => /^(?:-|[0-9]+)$/.test(step));
  return isOwn || hasIndex ? 'tuple' : 'document';
}

/** Whether all values of a projection are strings. */
function isString({ inference }: Projection): boolean {
  return (inference?.types ?? []).every((type) => type === 'string' || type === 'null');
}

/** What is known of a location when all its values have become plain text. */
function asString({ types = [], ...inference }: Inference): Inference {
  return {
    ...inference,
    types: types.includes('null') ? ['string', 'null'] : ['string'],
    string: {},
  };
}

/** Whether Flow makes a date-time of what is a UUID in the document. */
function isPublicationTime({ inference }: Projection): boolean {
  const { format, contentEncoding } = inference?.string ?? {};
  return format === 'date-time' && contentEncoding === 'uuid';
}

/** Says whether Flow has shortened values. */
const truncatedField = '_meta/flow_truncated';
