import { existsAt, fieldsOf, isCollection, type SchemaObject } from '../store/schema.ts';
import { stored } from '../store/merge-fields.ts';
import type { FaunaObject, Value } from '../values/value.ts';
import { V10Failure, invalidArgument } from './failure.ts';
import { isMap, type Context, type Definition, type Pipeline, type Thing } from './thing.ts';
import { pipelineOf } from './pipeline.ts';
import { isValue } from './truth.ts';

/** The definitions of all collections, as a set. */
export function definitions(context: Context): Pipeline {
  const { query, at } = context;
  if (!query.access.canList('collections')) return pipelineOf([], context);
  const objects = query.database
    .all('collections')
    .filter((object) => isCollection(object) && existsAt(object, at ?? query.until));
  return pipelineOf(
    objects.map((object): Definition => ({ kind: 'definition', object })),
    context,
  );
}

/** Makes a collection. @throws {V10Failure} where there is one already */
export function createDefinition(fields: Thing, { query }: Context): Definition {
  if (!query.access.canChangeSchema()) throw forbidden();
  const given =
    isMap(fields) && isValue(fields) && isFields(fields) ? fields : new Map<string, Value>();
  const name = given.get('name');
  if (typeof name !== 'string') throw invalidArgument('fields', 'missing required field `name`.');
  if (query.database.collection(name) !== undefined) {
    throw new V10Failure('constraint_failure', 'Failed to create Collection.', {
      constraint_failures: [
        { paths: [['name']], message: `A Collection already exists with the name \`${name}\`` },
      ],
    });
  }
  const days = query.defaultHistoryDays;
  const usual: [string, Value][] = days === null ? [] : [['history_days', BigInt(days)]];
  const object = query.transaction.createCollection(name, stored(new Map([...usual, ...given])));
  query.counts.writes++;
  return { kind: 'definition', object };
}

/** The failure of who may not do what was asked. */
export function forbidden(): V10Failure {
  return new V10Failure('permission_denied', 'Insufficient privileges to perform the action.');
}

/** What a definition says, in the order of Fauna. */
export function definitionFields(object: SchemaObject): FaunaObject {
  const fields = fieldsOf(object);
  const rest = [...fields].filter(([name]) => name !== 'name');
  return new Map<string, Value>([['name', object.name], ...rest]);
}

function isFields(map: ReadonlyMap<string, Thing>): map is FaunaObject {
  return [...map.values()].every(isValue);
}
