import { own } from '../../own.ts';
import { floorDiv, parseDate, parseTime, timeOfMicros, timeText } from '../../values/time-text.ts';
import { isA, time, type Value } from '../../values/value.ts';
import { asInteger, asMicros, asNull, asString, mismatch } from '../casts.ts';
import { invalidArgument } from '../failures.ts';
import { form, type Form } from '../form.ts';

const unitNanos: Readonly<Record<string, bigint>> = {
  nanosecond: 1n,
  microsecond: 1000n,
  millisecond: 1_000_000n,
  second: 1_000_000_000n,
  minute: 60_000_000_000n,
  hour: 3_600_000_000_000n,
  half_day: 43_200_000_000_000n,
  day: 86_400_000_000_000n,
};

/** Times and dates. */
export const timeForms: readonly Form[] = [
  form('now', (call) => {
    call.as('now', asNull);
    return timeOfMicros(call.env.query.snapshot);
  }),
  form('time', (call) => {
    const text = call.as('time', asString);
    const found = text === 'now' ? timeOfMicros(call.env.query.snapshot) : parseTime(text.trim());
    if (found !== undefined) return found;
    throw invalidArgument(call.place, `Cannot cast '${text}' to a time.`);
  }),
  form('date', (call) => {
    const text = call.as('date', asString);
    const found = parseDate(text.trim());
    if (found !== undefined) return found;
    throw invalidArgument(call.place, `Cannot cast '${text}' to a date.`);
  }),
  form('epoch unit', (call) => {
    const unit = call.as('unit', asUnit);
    return time(call.as('epoch', asInteger) * unit);
  }),
  form('to_micros', (call) => call.as('to_micros', asMicros)),
  form('to_millis', (call) => floorDiv(call.as('to_millis', asMicros), 1000n)),
  form('to_seconds', (call) => floorDiv(call.as('to_seconds', asMicros), 1_000_000n)),
  form('time_add offset unit', (call) => shifted(call.value('time_add'), call, 1n)),
  form('time_subtract offset unit', (call) => shifted(call.value('time_subtract'), call, -1n)),
  form('to_time', (call) => {
    const value = call.value('to_time');
    const text = isA(value, 'date') ? `${value.text}T00:00:00Z` : value;
    const found = typeof text === 'string' ? parseTime(text) : undefined;
    if (isA(value, 'time')) return value;
    if (typeof value === 'bigint') return timeOfMicros(value * 1000n);
    if (found !== undefined) return found;
    throw invalidArgument(call.place, `Cannot cast to Time.`);
  }),
  form('to_date', (call) => {
    const value = call.value('to_date');
    const text = isA(value, 'time') ? timeText(value.nanos).slice(0, 10) : value;
    const found = typeof text === 'string' ? parseDate(text) : undefined;
    if (isA(value, 'date')) return value;
    if (found !== undefined) return found;
    throw invalidArgument(call.place, `Cannot cast to Date.`);
  }),
];

function asUnit(value: Value, place: Parameters<typeof asString>[1]): bigint {
  const name = typeof value === 'string' ? value.replace(/s$/, '') : '';
  const nanos = own(unitNanos, name);
  if (nanos === undefined) throw mismatch('Time Unit', value, place);
  return nanos;
}

function shifted(value: Value, call: Parameters<Form['run']>[0], sign: bigint): Value {
  const by = call.as('offset', asInteger) * call.as('unit', asUnit) * sign;
  if (isA(value, 'time')) return time(value.nanos + by);
  const start = isA(value, 'date') ? parseTime(`${value.text}T00:00:00Z`) : undefined;
  if (start === undefined) throw mismatch('Temporal', value, call.place);
  return { kind: 'date', text: timeText(start.nanos + by).slice(0, 10) };
}
