import type { Value } from '../protocol/document.gen.ts';
import type { FieldFilter, Filter, UnaryFilter } from '../protocol/query.gen.ts';
import { invalid } from '../invalid.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { compareValues } from '../values/compare-values.ts';
import { typeOrder } from '../values/type-order.ts';
import { operandOf, readOperand } from './operand.ts';

/** Whether a document passes. */
export type Predicate = (document: StoredDocument) => boolean;

/** Whether the value of a field passes. A field that is missing never does. */
type ValueTest = (value: Value) => boolean;

/** The numbers of the operators that compare a field with a value. */
export const FieldOperator = {
  lessThan: 1,
  lessThanOrEqual: 2,
  greaterThan: 3,
  greaterThanOrEqual: 4,
  equal: 5,
  notEqual: 6,
  arrayContains: 7,
  in: 8,
  arrayContainsAny: 9,
  notIn: 10,
} as const;

/** The predicate of a filter on documents of `database`. @throws {GrpcError} invalid argument */
export function compileFilter(filter: Filter, database: string): Predicate {
  const { type } = filter;
  switch (type.case) {
    case 'compositeFilter': {
      const parts = type.value.filters.map((part) => compileFilter(part, database));
      if (parts.length === 0) throw invalid('A composite filter is empty.');
      if (type.value.op === 1) return (document) => parts.every((part) => part(document));
      if (type.value.op === 2) return (document) => parts.some((part) => part(document));
      throw invalid('A composite filter is neither AND nor OR.');
    }
    case 'fieldFilter':
      return onField(type.value, fieldTest(type.value), database);
    case 'unaryFilter':
      return onField(type.value, unaryTest(type.value), database);
    case undefined:
      throw invalid('A filter has no kind that this server knows.');
  }
}

function onField(filter: FieldFilter | UnaryFilter, test: ValueTest, database: string): Predicate {
  const operand = operandOf(filter.field);
  return (document) => {
    const value = readOperand(operand, document, database);
    return value !== undefined && test(value);
  };
}

function fieldTest({ op, value: wanted }: FieldFilter): ValueTest {
  if (wanted === undefined) throw invalid('A filter has no value.');
  const equal: ValueTest = (value) => compareValues(value, wanted) === 0;
  /** Only values of the same type are in a range. */
  const ranged =
    (test: (order: number) => boolean): ValueTest =>
    (value) =>
      typeOrder(value) === typeOrder(wanted) && test(compareValues(value, wanted));
  switch (op) {
    case FieldOperator.lessThan:
      return ranged((order) => order < 0);
    case FieldOperator.lessThanOrEqual:
      return ranged((order) => order <= 0);
    case FieldOperator.greaterThan:
      return ranged((order) => order > 0);
    case FieldOperator.greaterThanOrEqual:
      return ranged((order) => order >= 0);
    case FieldOperator.equal:
      return equal;
    case FieldOperator.notEqual:
      return (value) => !isNull(value) && !equal(value);
    case FieldOperator.arrayContains:
      return (value) => elementsOf(value).some(equal);
    case FieldOperator.in:
      return oneOf(listed(wanted));
    case FieldOperator.arrayContainsAny: {
      const among = oneOf(listed(wanted));
      return (value) => elementsOf(value).some(among);
    }
    case FieldOperator.notIn: {
      const values = listed(wanted);
      const among = oneOf(values);
      // Nothing differs from a null.
      return values.some(isNull) ? () => false : (value) => !isNull(value) && !among(value);
    }
    default:
      throw invalid(`A filter has the operator ${op}, which this server does not know.`);
  }
}

function unaryTest({ op }: UnaryFilter): ValueTest {
  switch (op) {
    case 2:
      return isNaNValue;
    case 3:
      return isNull;
    case 4:
      return (value) => !isNull(value) && !isNaNValue(value);
    case 5:
      return (value) => !isNull(value);
    default:
      throw invalid(`A filter has the operator ${op}, which this server does not know.`);
  }
}

function oneOf(values: readonly Value[]): ValueTest {
  return (value) => values.some((other) => compareValues(value, other) === 0);
}

function listed(value: Value): readonly Value[] {
  const values = elementsOf(value);
  if (values.length > 0 && values.length <= 30) return values;
  throw invalid('A filter that compares with several values needs 1 to 30 of them.');
}

function elementsOf(value: Value): readonly Value[] {
  return value.type.case === 'arrayValue' ? value.type.value.values : [];
}

function isNull(value: Value): boolean {
  return value.type.case === 'nullValue';
}

function isNaNValue(value: Value): boolean {
  return value.type.case === 'doubleValue' && Number.isNaN(value.type.value);
}
