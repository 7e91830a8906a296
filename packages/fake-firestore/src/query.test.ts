import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DirectDatabase } from './direct-database.ts';
import { nameKey } from './names/name-key.ts';
import { fullName } from './names/resource-name.ts';
import { ValueSchema, type Value } from './protocol/document.gen.ts';
import { FilterSchema, StructuredQuerySchema, type Filter } from './protocol/query.gen.ts';
import { planMatches, planQuery } from './query/plan.ts';
import { countOf, documentsOf, runPlan } from './query/run-plan.ts';
import type { StoredDocument } from './store/stored-document.ts';
import { Store } from './store/store.ts';
import { fewIds, values } from './testing/arbitraries.ts';
import { frozenClock } from './time/clock.ts';
import { compareValues } from './values/compare-values.ts';
import { toValue } from './values/to-value.ts';
import { typeOrder } from './values/type-order.ts';

const name = 'projects/demo/databases/(default)';
const root = `${name}/documents`;

const documentPaths = fc
  .tuple(fc.constantFrom('c', 'c/a/c', 'c/a/d', 'd'), fc.oneof(fewIds, fc.constantFrom('00000001')))
  .map((parts) => parts.join('/'));
const references = documentPaths.map(reference);
/** Mostly few values, which then are equal often. */
const mixed = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 0.5, null, [1]).map(toValue) },
  { weight: 1, arbitrary: values },
);
const fields = fc.oneof(
  { weight: 3, arbitrary: fc.record({ a: mixed, b: mixed }) },
  { weight: 1, arbitrary: fc.record({ a: mixed, b: mixed }, { requiredKeys: [] }) },
);
const contents = fc.array(fc.record({ path: documentPaths, fields }), {
  minLength: 8,
  maxLength: 30,
});

const fieldFilters: fc.Arbitrary<Filter> = fc
  .oneof(
    fc.record({
      field: fc.constantFrom('a', 'b'),
      op: fc.integer({ min: 1, max: 7 }),
      value: mixed,
    }),
    fc.record({
      field: fc.constantFrom('a', 'b'),
      op: fc.constantFrom(8, 9, 10),
      value: fc.array(mixed, { minLength: 1, maxLength: 3 }).map(toValue),
    }),
    fc.record({
      field: fc.constant('__name__'),
      op: fc.integer({ min: 1, max: 6 }),
      value: references,
    }),
  )
  .map(({ field, op, value }) =>
    create(FilterSchema, {
      type: { case: 'fieldFilter', value: { field: { fieldPath: field }, op, value } },
    }),
  );
const unaryFilters: fc.Arbitrary<Filter> = fc
  .record({ field: fc.constantFrom('a', 'b'), op: fc.integer({ min: 2, max: 5 }) })
  .map(({ field, op }) =>
    create(FilterSchema, {
      type: { case: 'unaryFilter', value: { field: { fieldPath: field }, op } },
    }),
  );
const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    fieldFilters,
    unaryFilters,
    fc
      .record({
        op: fc.constantFrom(1, 2),
        parts: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
      })
      .map(({ op, parts }) =>
        create(FilterSchema, {
          type: { case: 'compositeFilter', value: { op, filters: parts } },
        }),
      ),
  ),
})).filter;

interface Asked {
  readonly parent: string;
  readonly group: boolean;
  readonly collection: string;
  readonly filter: Filter | null;
  readonly orders: readonly { readonly field: string; readonly direction: number }[];
  readonly start: Edge | null;
  readonly end: Edge | null;
  readonly limit: number | null;
  readonly offset: number;
}
type Edge = { readonly values: readonly Value[]; readonly before: boolean };

const orders = fc.uniqueArray(
  fc.record({ field: fc.constantFrom('a', 'b', '__name__'), direction: fc.constantFrom(1, 2) }),
  { maxLength: 2, selector: ({ field }) => field },
);

const asked: fc.Arbitrary<Asked> = fc
  .record({
    parent: fc.constantFrom('', '', '', 'c/a'),
    group: fc.boolean(),
    collection: fc.constantFrom('c', 'c', 'd', ''),
    filter: fc.option(filters, { freq: 1 }),
    orders,
    limit: fc.option(fc.integer({ min: 1, max: 10 })),
    offset: fc.constantFrom(0, 0, 2),
  })
  .chain((query) => {
    const explicit = query.orders.map(({ field }) => field);
    // Without inequalities, which would add to the order, only the name comes after these.
    const terms = explicit.length > 0 ? explicit : query.filter === null ? ['__name__'] : [];
    const edge: fc.Arbitrary<Edge> = fc.record({
      values: fc
        .tuple(...terms.map((field) => (field === '__name__' ? references : mixed)))
        .chain((all) => fc.nat(all.length).map((length) => all.slice(0, length))),
      before: fc.boolean(),
    });
    return fc
      .record({ start: fc.option(edge, { freq: 1 }), end: fc.option(edge, { freq: 1 }) })
      .map((ends) => ({ ...query, ...ends }));
  });

test('a query finds what a filter of all documents finds, in the same order', () => {
  fc.assert(
    fc.property(contents, asked, (documents, query) => {
      const store = new Store(frozenClock(), { retentionMs: 1, pointInTimeRecovery: false });
      const direct = new DirectDatabase(store, name);
      direct.synthesise({ collection: 'c', count: 3, ids: 'number' });
      for (const { path, fields: members } of documents) direct.set(path, members);

      const plan = planQuery(
        query.parent === '' ? root : `${root}/${query.parent}`,
        message(query),
      );
      const database = store.database(name);
      const found = [...documentsOf(runPlan(database, plan, direct.now()))];
      const all = naive([...direct.model().values()], query);
      const end = query.limit === null ? undefined : query.offset + query.limit;
      const expected = all.slice(query.offset, end).map(({ path }) => path);
      expect(found.map(({ path }) => path)).toEqual(expected);
      expect(countOf(runPlan(database, plan, direct.now()))).toBe(expected.length);
      for (const document of direct.model().values()) {
        expect(planMatches(plan, document)).toBe(all.some(({ path }) => path === document.path));
      }
    }),
    { numRuns: 500 },
  );
});

function message({ group, collection, filter, orders: terms, start, end, limit, offset }: Asked) {
  return create(StructuredQuerySchema, {
    from: [{ collectionId: collection, allDescendants: group }],
    ...(filter === null ? {} : { where: filter }),
    orderBy: terms.map(({ field, direction }) => ({ field: { fieldPath: field }, direction })),
    ...(start === null ? {} : { startAt: { values: [...start.values], before: start.before } }),
    ...(end === null ? {} : { endAt: { values: [...end.values], before: end.before } }),
    ...(limit === null ? {} : { limit }),
    offset,
  });
}

/** All documents of a query, limit and offset aside: the slow and obvious way. */
function naive(documents: readonly StoredDocument[], query: Asked): StoredDocument[] {
  const implied = query.filter === null ? [] : [...unequal(query.filter)].sort();
  const direction = query.orders.at(-1)?.direction ?? 1;
  const terms = [...query.orders];
  for (const field of [...implied, '__name__']) {
    if (!terms.some((term) => term.field === field)) terms.push({ field, direction });
  }
  const compare = (document: StoredDocument, others: readonly (Value | undefined)[]) => {
    for (const [index, other] of others.entries()) {
      const term = terms[index]!;
      const order = compareValues(read(document, term.field)!, other!);
      if (order !== 0) return term.direction === 2 ? -order : order;
    }
    return 0;
  };
  return documents
    .filter((document) => isSelected(document.path, query))
    .filter((document) => query.filter === null || passes(document, query.filter))
    .filter((document) => terms.every(({ field }) => read(document, field) !== undefined))
    .filter((document) => {
      const { start, end } = query;
      if (start !== null && compare(document, start.values) < (start.before ? 0 : 1e-9))
        return false;
      return end === null || compare(document, end.values) < (end.before ? 0 : 1e-9);
    })
    .sort(
      (a, b) =>
        compare(
          a,
          terms.map(({ field }) => read(b, field)),
        ) || byName(a, b),
    );
}

function isSelected(path: string, { parent, group, collection }: Asked): boolean {
  const prefix = parent === '' ? '' : `${parent}/`;
  const rest = path.slice(prefix.length).split('/');
  if (!path.startsWith(prefix) || path === parent) return false;
  return (group || rest.length === 2) && (collection === '' || rest.at(-2) === collection);
}

function passes(document: StoredDocument, { type }: Filter): boolean {
  if (type.case === 'compositeFilter') {
    const results = type.value.filters.map((part) => passes(document, part));
    return type.value.op === 1 ? !results.includes(false) : results.includes(true);
  }
  if (type.case === undefined) return false;
  const value = read(document, type.value.field!.fieldPath);
  if (value === undefined) return false;
  const isNull = value.type.case === 'nullValue';
  const isNaNValue = Number.isNaN(value.type.value);
  if (type.case === 'unaryFilter') {
    return [isNaNValue, isNull, !isNaNValue && !isNull, !isNull][type.value.op - 2]!;
  }
  const wanted = type.value.value!;
  const elements = (list: Value) => (list.type.case === 'arrayValue' ? list.type.value.values : []);
  const same = (one: Value, other: Value) => compareValues(one, other) === 0;
  const inside = (one: Value, list: Value) => elements(list).some((other) => same(one, other));
  const order = compareValues(value, wanted);
  const comparable = typeOrder(value) === typeOrder(wanted);
  const hasNull = elements(wanted).some(({ type: element }) => element.case === 'nullValue');
  return [
    comparable && order < 0,
    comparable && order <= 0,
    comparable && order > 0,
    comparable && order >= 0,
    order === 0,
    order !== 0 && !isNull,
    inside(wanted, value),
    inside(value, wanted),
    elements(value).some((one) => inside(one, wanted)),
    !inside(value, wanted) && !isNull && !hasNull,
  ][type.value.op - 1]!;
}

function unequal({ type }: Filter): Set<string> {
  if (type.case === 'compositeFilter') {
    return new Set(type.value.filters.flatMap((part) => [...unequal(part)]));
  }
  if (type.case === undefined) return new Set();
  const unequalOps = type.case === 'fieldFilter' ? [1, 2, 3, 4, 6, 10] : [4, 5];
  return new Set(unequalOps.includes(type.value.op) ? [type.value.field!.fieldPath] : []);
}

function read(document: StoredDocument, field: string): Value | undefined {
  if (field === '__name__') return reference(document.path);
  return document.fields.find(({ key }) => key === field)?.value;
}

function reference(path: string): Value {
  return create(ValueSchema, { type: { case: 'referenceValue', value: fullName(name, path) } });
}

function byName(a: StoredDocument, b: StoredDocument): number {
  return nameKey(a.path) < nameKey(b.path) ? -1 : 1;
}
