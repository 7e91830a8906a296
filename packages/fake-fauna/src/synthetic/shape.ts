import type { Collection } from '../store/schema.ts';
import type { LiveVersion } from '../store/version.ts';
import { timeText } from '../values/time-text.ts';
import { nativeRef, objectOf, type FaunaObject, type Value } from '../values/value.ts';
import { fill, type Counter, type Hole } from './hole.ts';

/** What synthetic documents are like. */
export interface ShapeOptions {
  readonly count: number;
  /** About how long the JSON of `data` is; 300 unless told. */
  readonly bytes?: number;
  /** The id of the first; the next ones follow by one. An id of 18 digits unless told. */
  readonly firstId?: bigint | number;
  /** How many were written in each transaction; 100 unless told. */
  readonly perTransaction?: number;
  /** When the first transaction was, in microseconds; so that the last is now, unless told. */
  readonly firstTs?: number;
  /** Microseconds from one transaction to the next; 1,000 unless told. */
  readonly stepMicros?: number;
}

const billion = 1_000_000_000n;

/** Documents that are computed from their place: ids and times grow with it. */
export class Shape {
  readonly collection: Collection;
  readonly count: number;
  readonly firstId: bigint;
  readonly firstTs: number;
  /** The content of each, with holes. */
  readonly data: FaunaObject;
  readonly #perTransaction: number;
  readonly #stepMicros: number;
  // The first id in two halves: its digits can be counted up without a bigint.
  readonly #lowId: number;
  readonly #highId: number;
  #lastTime = -1;
  #lastText = new Uint8Array();

  constructor(collection: Collection, options: ShapeOptions, now: number) {
    const { count, perTransaction = 100, stepMicros = 1000, bytes = 300 } = options;
    this.collection = collection;
    this.count = count;
    this.firstId = BigInt(options.firstId ?? 300_000_000_000_000_000n);
    this.#lowId = Number(this.firstId % billion);
    this.#highId = Number(this.firstId / billion);
    this.#perTransaction = perTransaction;
    this.#stepMicros = stepMicros;
    const transactions = Math.ceil(count / perTransaction);
    this.firstTs = options.firstTs ?? now - Math.max(0, transactions - 1) * stepMicros;
    this.data = contentOf(this, bytes);
  }

  get lastTs(): number {
    return this.ts(Math.max(0, this.count - 1));
  }

  id(index: number): bigint {
    return this.firstId + BigInt(index);
  }

  ts(index: number): number {
    return this.firstTs + Math.floor(index / this.#perTransaction) * this.#stepMicros;
  }

  /** The place of an id; undefined where it is none of these documents. */
  indexOf(id: bigint): number | undefined {
    const index = id - this.firstId;
    return index >= 0n && index < BigInt(this.count) ? Number(index) : undefined;
  }

  /** How many were written by `at`. */
  countAt(at: number): number {
    if (at < this.firstTs) return 0;
    const transactions = Math.floor((at - this.firstTs) / this.#stepMicros) + 1;
    return Math.min(this.count, transactions * this.#perTransaction);
  }

  version(index: number): LiveVersion {
    return { ts: this.ts(index), fields: objectOf({ data: fill(this.data, index) }) };
  }

  /** Writes a counter of the document at `index` in decimal digits. Gives where it ended. */
  writeCounter(counter: Counter, index: number, into: Uint8Array, at: number): number {
    if (counter === 'index') return writeDigits(index, into, at);
    if (counter === 'ts') return writeDigits(this.ts(index), into, at);
    if (counter === 'time') return this.#writeTime(this.ts(index), into, at);
    const low = this.#lowId + index;
    const carry = Math.floor(low / 1e9);
    const high = this.#highId + carry;
    if (high === 0) return writeDigits(low, into, at);
    const end = writeDigits(high, into, at) + 9;
    let rest = low - carry * 1e9;
    for (let i = end - 1; i >= end - 9; i--) {
      into[i] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    return end;
  }

  /** Neighbours were mostly written in the same second, or at the same time. */
  #writeTime(micros: number, into: Uint8Array, at: number): number {
    if (micros !== this.#lastTime) {
      this.#lastTime = micros;
      this.#lastText = Buffer.from(timeText(BigInt(micros) * 1000n));
    }
    into.set(this.#lastText, at);
    return at + this.#lastText.length;
  }
}

/** Writes a whole number that is not negative. Gives where it ended. */
function writeDigits(value: number, into: Uint8Array, at: number): number {
  let length = 1;
  for (let limit = 10; value >= limit; limit *= 10) length++;
  let rest = value;
  for (let i = at + length - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    into[i] = 48 + (rest - tenth * 10);
    rest = tenth;
  }
  return at + length;
}

function contentOf(shape: Shape, bytes: number): FaunaObject {
  const number: Hole = { kind: 'hole', shape, is: 'number', counter: 'index' };
  const text: Hole = { kind: 'hole', shape, is: 'text', counter: 'index', before: 'document ' };
  const members: Record<string, Value> = {
    number,
    name: text,
    active: true,
    ratio: 0.5,
    born: { kind: 'time', nanos: 1_669_080_225_123_456_000n },
    day: { kind: 'date', text: '2022-11-22' },
    place: objectOf({ city: 'Zürich', codes: [8001n, 8002n], kind: nativeRef('collections') }),
  };
  const padding = Math.max(0, bytes - usualBytes);
  return objectOf(padding === 0 ? members : { ...members, text: lorem(padding) });
}

/** About how long the JSON of the other fields is. */
const usualBytes = 250;

function lorem(length: number): string {
  const words = 'the quick brown fox jumps over the lazy dog ';
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}
