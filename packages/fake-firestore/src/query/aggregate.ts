import { create } from '@bufbuild/protobuf';
import { ValueSchema, type Field, type Value } from '../protocol/document.gen.ts';
import type { Aggregation } from '../protocol/query.gen.ts';
import { invalid } from '../invalid.ts';
import type { Database } from '../store/database.ts';
import type { Micros } from '../time/micros.ts';
import { field } from '../values/field-path.ts';
import { toValue } from '../values/to-value.ts';
import { operandOf, readOperand, type Operand } from './operand.ts';
import type { Plan } from './plan.ts';
import { countOf, documentsOf, runPlan } from './run-plan.ts';

/** The numbers of a field so far. */
interface Numbers {
  readonly operand: Operand;
  count: number;
  integers: bigint;
  doubles: number;
  allIntegers: boolean;
}

/** What aggregations give, by their names, and how many documents were looked at. */
export function aggregate(
  database: Database,
  plan: Plan,
  aggregations: readonly Aggregation[],
  at: Micros,
): { fields: Field[]; scanned: number } {
  if (aggregations.length === 0 || aggregations.length > 5) {
    throw invalid('A query has one to five aggregations.');
  }
  const numbers = aggregations.map(({ operator }): Numbers | undefined =>
    operator.case === 'sum' || operator.case === 'avg'
      ? {
          operand: operandOf(operator.value.field),
          count: 0,
          integers: 0n,
          doubles: 0,
          allIntegers: true,
        }
      : undefined,
  );
  const scanned = scan(database, plan, numbers, upTo(aggregations), at);
  const fields = aggregations.map((aggregation, index) =>
    field(aggregation.alias || `field_${index + 1}`, result(aggregation, numbers[index], scanned)),
  );
  return { fields, scanned };
}

/** Counts, and adds up the numbers; documents that lack a field that is asked for do not count. */
function scan(
  database: Database,
  plan: Plan,
  numbers: readonly (Numbers | undefined)[],
  most: number,
  at: Micros,
): number {
  const limit = Math.min(plan.limit ?? Infinity, most);
  const limited = limit === Infinity ? plan : { ...plan, limit };
  const operands = numbers.filter((entry) => entry !== undefined);
  const items = runPlan(database, limited, at);
  if (operands.length === 0) return countOf(items);
  let scanned = 0;
  for (const document of documentsOf(items)) {
    const values = operands.map(({ operand }) => readOperand(operand, document, database.name));
    if (values.includes(undefined)) continue;
    scanned++;
    for (const [index, value] of values.entries()) add(operands[index], value);
  }
  return scanned;
}

function add(numbers: Numbers | undefined, value: Value | undefined): void {
  if (numbers === undefined) return;
  if (value?.type.case === 'integerValue') {
    numbers.count++;
    numbers.integers += value.type.value;
  } else if (value?.type.case === 'doubleValue') {
    numbers.count++;
    numbers.doubles += value.type.value;
    numbers.allIntegers = false;
  }
}

function result({ operator }: Aggregation, numbers: Numbers | undefined, scanned: number): Value {
  if (operator.case === 'count') return toValue(BigInt(Math.min(scanned, limitOf(operator.value))));
  if (numbers === undefined) throw invalid('An aggregation has no kind that this server knows.');
  const { count, integers, doubles, allIntegers } = numbers;
  const total = Number(integers) + doubles;
  if (operator.case === 'avg') return count === 0 ? toValue(null) : double(total / count);
  return allIntegers && BigInt.asIntN(64, integers) === integers
    ? toValue(integers)
    : double(total);
}

/** How far a count has to go when nothing but counts is asked for. */
function upTo(aggregations: readonly Aggregation[]): number {
  const limits = aggregations.map(({ operator }) =>
    operator.case === 'count' ? limitOf(operator.value) : Infinity,
  );
  return Math.max(...limits);
}

function limitOf({ upTo: limit }: { readonly upTo?: bigint | undefined }): number {
  if (limit === undefined) return Infinity;
  if (limit > 0n) return Number(limit);
  throw invalid('A count has a limit that is not positive.');
}

function double(value: number): Value {
  return create(ValueSchema, { type: { case: 'doubleValue', value } });
}
