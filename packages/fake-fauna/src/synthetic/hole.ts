import { documentRef, isArray, isObject, type Value } from '../values/value.ts';
import { timeOfMicros } from '../values/time-text.ts';
import type { Shape } from './shape.ts';

/** What differs between synthetic documents: the place in the order, the id, and when it was written, as a number or an instant. */
export type Counter = 'index' | 'id' | 'ts' | 'time';

/** A value that differs from one synthetic document to the next, and is not made before it is written. */
export interface Hole {
  readonly kind: 'hole';
  readonly shape: Shape;
  readonly is: 'document' | 'ref' | 'event' | 'number' | 'text' | 'time';
  /** Of a number or a text. */
  readonly counter?: Counter;
  /** What stands before and after the number in a text. */
  readonly before?: string;
  readonly after?: string;
}

/** Values of neighbouring synthetic documents, `from` to before `to`, that differ in their holes only. */
export interface Run {
  readonly kind: 'run';
  readonly shape: Shape;
  readonly from: number;
  readonly to: number;
  readonly value: Value;
  /** The time it was read at, if not the present. */
  readonly at: number | undefined;
}

/** Whether a value has a hole anywhere. */
export function hasHole(value: Value): boolean {
  if (isArray(value)) return value.some(hasHole);
  if (isObject(value)) return [...value.values()].some(hasHole);
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'hole';
}

/** The value for the synthetic document at `index`. */
export function fill(value: Value, index: number): Value {
  if (isArray(value)) return value.map((element) => fill(element, index));
  if (isObject(value)) return new Map([...value].map(([key, one]) => [key, fill(one, index)]));
  if (typeof value !== 'object' || value === null || !('kind' in value)) return value;
  return value.kind === 'hole' ? filled(value, index) : value;
}

/** The values of a run, one by one. */
export function expand({ from, to, value }: Run): Value[] {
  return Array.from({ length: to - from }, (_, i) => fill(value, from + i));
}

function filled(hole: Hole, index: number): Value {
  const { shape } = hole;
  const ref = documentRef(shape.collection, shape.id(index));
  if (hole.is === 'ref') return ref;
  if (hole.is === 'document') return { kind: 'document', ref, ...shape.version(index) };
  if (hole.is === 'event')
    return { kind: 'event', ts: BigInt(shape.ts(index)), action: 'add', ref };
  if (hole.is === 'time') return timeOfMicros(shape.ts(index));
  const number = count(shape, hole.counter ?? 'index', index);
  return hole.is === 'number' ? number : `${hole.before ?? ''}${number}${hole.after ?? ''}`;
}

function count(shape: Shape, counter: Counter, index: number): bigint {
  if (counter === 'id') return shape.id(index);
  return BigInt(counter === 'index' ? index : shape.ts(index));
}
