import type { Run } from '../synthetic/hole.ts';
import type { Shape } from '../synthetic/shape.ts';
import type { Value } from '../values/value.ts';
import { valueOf, type Element } from './element.ts';

/** Neighbours that are stored: those from `from` to before `to`. */
interface Listed {
  readonly elements: readonly Element[];
  readonly from: number;
  readonly to: number;
}

/** Neighbours that are synthetic: `from` to before `to`. */
interface Computed {
  readonly synthetic: Synthetic;
  readonly from: number;
  readonly to: number;
}

/** How synthetic documents look in a set in which they keep their order. */
export interface Synthetic {
  readonly shape: Shape;
  /** How many there are, from the first. */
  readonly count: number;
  readonly element: (index: number) => Element;
  /** The value of each, with holes. */
  readonly value: Value;
  readonly at: number | undefined;
}

/** The elements of a set in order. Any of them is at hand without making the others. */
export class Sequence {
  readonly length: number;
  readonly #segments: readonly (Listed | Computed)[];
  readonly #starts: readonly number[];

  constructor(segments: readonly (Listed | Computed)[]) {
    this.#segments = segments;
    const starts: number[] = [];
    let length = 0;
    for (const segment of segments) {
      starts.push(length);
      length += lengthOf(segment);
    }
    this.#starts = starts;
    this.length = length;
  }

  static of(elements: readonly Element[]): Sequence {
    return new Sequence([listOf(elements)]);
  }

  /**
   * Stored elements laid over synthetic ones. Both are in the order of `compare`; `hidden` are the places of
   * synthetic ones that are no longer, ascending.
   */
  static overlay(
    synthetic: Synthetic,
    hidden: readonly number[],
    elements: readonly Element[],
    compare: (left: Element, right: Element) => number,
  ): Sequence {
    const segments: (Listed | Computed)[] = [];
    let list: Element[] = [];
    let next = 0;
    let h = 0;
    const add = (from: number, to: number) => {
      if (to <= from) return;
      if (list.length > 0) segments.push(listOf(list));
      list = [];
      segments.push({ synthetic, from, to });
    };
    const runTo = (end: number) => {
      for (; h < hidden.length && (hidden[h] ?? end) < end; h++) {
        const gone = hidden[h] ?? end;
        add(next, gone);
        next = gone + 1;
      }
      add(next, end);
      next = Math.max(next, end);
    };
    for (const element of elements) {
      runTo(search(synthetic.count, (i) => compare(synthetic.element(i), element) < 0));
      list.push(element);
    }
    runTo(synthetic.count);
    if (list.length > 0) segments.push(listOf(list));
    return new Sequence(segments);
  }

  at(position: number): Element | undefined {
    if (position < 0 || position >= this.length) return undefined;
    const s = this.#segmentOf(position);
    const segment = this.#segments[s];
    if (segment === undefined) return undefined;
    const offset = position - (this.#starts[s] ?? 0);
    return 'elements' in segment
      ? segment.elements[segment.from + offset]
      : segment.synthetic.element(segment.from + offset);
  }

  /** The first position whose element is not `before`, which has to hold for all up to some element. */
  search(before: (element: Element) => boolean): number {
    return search(this.length, (position) => {
      const element = this.at(position);
      return element !== undefined && before(element);
    });
  }

  /** The values from a position to before another; synthetic neighbours are one run. */
  slice(from: number, to: number): (Value | Run)[] {
    const values: (Value | Run)[] = [];
    for (let s = this.#segmentOf(from); s < this.#segments.length; s++) {
      const segment = this.#segments[s];
      const start = this.#starts[s] ?? 0;
      if (segment === undefined || start >= to) break;
      const [first, end] = [Math.max(from - start, 0), Math.min(to - start, lengthOf(segment))];
      const [a, b] = [segment.from + first, segment.from + end];
      if (end <= first) continue;
      if ('elements' in segment) {
        for (const element of segment.elements.slice(a, b)) values.push(valueOf(element));
      } else {
        const { shape, value, at } = segment.synthetic;
        values.push({ kind: 'run', shape, from: a, to: b, value, at });
      }
    }
    return values;
  }

  /** The elements from a position to before another. */
  window(from: number, to: number): Sequence {
    const segments = this.#segments.flatMap((segment, s) => {
      const start = this.#starts[s] ?? 0;
      const first = segment.from + Math.max(from - start, 0);
      const end = segment.from + Math.min(to - start, lengthOf(segment));
      return end > first ? [{ ...segment, from: first, to: end }] : [];
    });
    return new Sequence(segments);
  }

  /** All elements, one by one. */
  *[Symbol.iterator](): Generator<Element> {
    for (let position = 0; position < this.length; position++) {
      const element = this.at(position);
      if (element !== undefined) yield element;
    }
  }

  #segmentOf(position: number): number {
    return search(this.#starts.length, (s) => (this.#starts[s] ?? 0) <= position) - 1;
  }
}

function lengthOf(segment: Listed | Computed): number {
  return segment.to - segment.from;
}

function listOf(elements: readonly Element[]): Listed {
  return { elements, from: 0, to: elements.length };
}

function search(length: number, before: (position: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
