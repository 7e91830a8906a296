import { compareValues, sameValue } from '../../values/compare.ts';
import { timeText } from '../../values/time-text.ts';
import { isA, isArray, isObject, isRef, type Value } from '../../values/value.ts';
import { asBoolean, asList, asNumber, asString, typeName } from '../casts.ts';
import { at, failure, invalidArgument } from '../failures.ts';
import { form, type Call, type Form } from '../form.ts';
import { doubleText } from '../../json/write-double.ts';

const orders: readonly (readonly [string, (order: number) => boolean])[] = [
  ['lt', (order) => order < 0],
  ['lte', (order) => order <= 0],
  ['gt', (order) => order > 0],
  ['gte', (order) => order >= 0],
];

const types: readonly (readonly [string, (value: Value) => boolean])[] = [
  ['is_null', (value) => value === null],
  ['is_string', (value) => typeof value === 'string'],
  ['is_number', (value) => typeof value === 'bigint' || typeof value === 'number'],
  ['is_integer', (value) => typeof value === 'bigint'],
  ['is_double', (value) => typeof value === 'number'],
  ['is_boolean', (value) => typeof value === 'boolean'],
  ['is_array', isArray],
  ['is_object', (value) => isObject(value) || isA(value, 'document')],
  ['is_ref', isRef],
  ['is_set', (value) => isA(value, 'set')],
  ['is_timestamp', (value) => isA(value, 'time')],
  ['is_date', (value) => isA(value, 'date')],
  ['is_bytes', (value) => isA(value, 'bytes')],
];

/** What works on single values. */
export const scalarForms: readonly Form[] = [
  form('equals', (call) => {
    const [first = null, ...others] = asList(call.value('equals'));
    return others.every((other) => sameValue(first, other));
  }),
  ...orders.map(([key, holds]) =>
    form(key, (call) => {
      const values = asList(call.value(key));
      return values.every((value, i) => {
        const next = values[i + 1];
        return next === undefined || holds(compareValues(value, next));
      });
    }),
  ),
  ...types.map(([key, holds]) => form(key, (call) => holds(call.value(key)))),
  form('not', (call) => !call.as('not', asBoolean)),
  form('add', (call) =>
    fold(
      call,
      'add',
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  ),
  form('subtract', (call) =>
    fold(
      call,
      'subtract',
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ),
  form('multiply', (call) =>
    fold(
      call,
      'multiply',
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ),
  form('concat separator?', (call) =>
    asList(call.value('concat'))
      .map((part, i) => asString(part, at(call.at('concat'), i)))
      .join(call.perhaps('separator', asString) ?? ''),
  ),
  form('format values', (call) => format(call)),
  form('to_string', (call) => {
    const value = call.value('to_string');
    const text = textOf(value);
    if (text !== undefined) return text;
    throw invalidArgument(call.place, `Cannot cast ${typeName(value)} to String.`);
  }),
  form('abort', (call) => {
    throw failure(call.place, 'transaction aborted', call.as('abort', asString));
  }),
  form('new_id', (call) => String(call.env.query.database.nextId())),
];

function fold(
  call: Call,
  key: string,
  integers: (a: bigint, b: bigint) => bigint,
  doubles: (a: number, b: number) => number,
): Value {
  const numbers = asList(call.value(key)).map((value, i) => asNumber(value, at(call.at(key), i)));
  return numbers.reduce((a, b) =>
    typeof a === 'bigint' && typeof b === 'bigint'
      ? BigInt.asIntN(64, integers(a, b))
      : doubles(Number(a), Number(b)),
  );
}

/** Conversions of a format: texts, integers, and a percent sign. */
function format(call: Call): string {
  const values = asList(call.value('values'));
  let next = 0;
  return call.as('format', asString).replaceAll(/%(?:%|([a-zA-Z]))/g, (whole, letter?: string) => {
    if (letter === undefined) return '%';
    if (letter === 'n') return '\n';
    const value = values[next++] ?? null;
    if (letter === 'd' && typeof value === 'bigint') return String(value);
    if (letter === 's') return textOf(value) ?? typeName(value);
    if (letter === 'f' && typeof value !== 'string') return Number(value).toFixed(6);
    throw invalidArgument(call.at('format'), `Invalid conversion format '${whole}'.`);
  });
}

/** The text of a scalar; undefined for other values. */
function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return doubleText(value).replaceAll('"', '');
  if (value === null || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (isA(value, 'time')) return timeText(value.nanos);
  return isA(value, 'date') || isA(value, 'uuid') ? value.text : undefined;
}
