import type { Value } from '../protocol/document.gen.ts';
import type { Filter, StructuredQuery } from '../protocol/query.gen.ts';
import { invalid } from '../invalid.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { compareTexts, compareValues } from '../values/compare-values.ts';
import { FieldOperator } from './compile-filter.ts';
import { operandOf, readOperand, sameOperand, type Operand } from './operand.ts';

/** One term of an order: 1 from the smallest on, −1 from the greatest. */
export interface OrderTerm {
  readonly operand: Operand;
  readonly sign: 1 | -1;
}

const inequalities: ReadonlySet<number> = new Set([
  FieldOperator.lessThan,
  FieldOperator.lessThanOrEqual,
  FieldOperator.greaterThan,
  FieldOperator.greaterThanOrEqual,
  FieldOperator.notEqual,
  FieldOperator.notIn,
]);

/**
 * The whole order of a query: what it says, then the fields that it compares by inequality, then the
 * name, these in the direction of the last term that it says.
 */
export function completeOrders(query: StructuredQuery): readonly OrderTerm[] {
  const orders: OrderTerm[] = query.orderBy.map(({ field, direction }) => {
    if (direction > 2) throw invalid('An order is neither ascending nor descending.');
    return { operand: operandOf(field), sign: direction === 2 ? -1 : 1 };
  });
  const sign = orders.at(-1)?.sign ?? 1;
  const add = (operand: Operand) => {
    if (!orders.some((order) => sameOperand(order.operand, operand)))
      orders.push({ operand, sign });
  };
  for (const operand of inequalityFields(query.where)) add(operand);
  add('name');
  return orders;
}

/** Compares documents as the query orders them; those that lack a field of the order must not be asked about. */
export function compareDocuments(orders: readonly OrderTerm[], database: string) {
  return (a: StoredDocument, b: StoredDocument): number => {
    for (const { operand, sign } of orders) {
      const [x, y] = [readOperand(operand, a, database), readOperand(operand, b, database)];
      const order = x !== undefined && y !== undefined ? compareValues(x, y) * sign : 0;
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Whether a document sorts before (below 0), at, or after the values of a cursor. */
export function compareToCursor(
  document: StoredDocument,
  values: readonly Value[],
  orders: readonly OrderTerm[],
  database: string,
): number {
  for (const [index, value] of values.entries()) {
    const term = orders[index];
    const own = term && readOperand(term.operand, document, database);
    const order = term && own ? compareValues(own, value) * term.sign : 0;
    if (order !== 0) return order;
  }
  return 0;
}

function inequalityFields(filter: Filter | undefined): Operand[] {
  const found: Operand[] = [];
  collect(filter, found);
  return found.sort((a, b) => compareTexts(a === 'name' ? '' : a.text, b === 'name' ? '' : b.text));
}

function collect(filter: Filter | undefined, found: Operand[]): void {
  const type = filter?.type;
  if (type?.case === 'compositeFilter') for (const part of type.value.filters) collect(part, found);
  const unequal =
    (type?.case === 'fieldFilter' && inequalities.has(type.value.op)) ||
    (type?.case === 'unaryFilter' && type.value.op >= 4);
  if (unequal) found.push(operandOf(type.value.field));
}
