import type { Pipeline, Source } from './thing.ts';

/** Where the next page of a set begins. */
export interface PageToken {
  readonly pipeline: Pipeline;
  /** The id of the first document that was not given, or how many values were. */
  readonly next: bigint | number;
  readonly size: number;
}

/** A place among events: after this one. */
export interface EventPlace {
  readonly ts: number;
  readonly rank: number;
  /** Undefined after all events of that time. */
  readonly id: bigint | undefined;
}

const most = 10_000;

/** Texts that stand for sets and sources of events which clients come back to. The oldest are forgotten. */
export class Tokens {
  readonly #kept = new Map<number, Pipeline | Source>();
  #last = 0;

  /** The text for a set from `next` on. */
  ofPage({ pipeline, next, size }: PageToken): string {
    const place = typeof next === 'bigint' ? `d${next}` : `n${next}`;
    return encoded(`page:${this.#keep(pipeline)}:${place}:${size}:${pipeline.at ?? ''}`);
  }

  /** What a text stands for; undefined where it is none of these. */
  page(text: string): PageToken | undefined {
    const [kind, key, place = '', size, at] = decoded(text);
    const kept = this.#kept.get(Number(key));
    if (kind !== 'page' || kept?.kind !== 'pipeline') return undefined;
    const number = place.slice(1);
    return {
      pipeline: { ...kept, at: at === '' ? undefined : Number(at) },
      next: place.startsWith('d') ? BigInt(number) : Number(number),
      size: Number(size),
    };
  }

  ofSource(source: Source): string {
    return encoded(`source:${this.#keep(source)}`);
  }

  source(text: string): Source | undefined {
    const [kind, key] = decoded(text);
    const kept = this.#kept.get(Number(key));
    return kind === 'source' && kept?.kind === 'source' ? kept : undefined;
  }

  #keep(what: Pipeline | Source): number {
    const base = what.kind === 'pipeline' ? (origins.get(what.stages) ?? undefined) : undefined;
    if (base !== undefined && this.#kept.has(base)) return base;
    const key = ++this.#last;
    this.#kept.set(key, what);
    if (what.kind === 'pipeline') origins.set(what.stages, key);
    if (this.#kept.size > most) this.#kept.delete(this.#kept.keys().next().value ?? key);
    return key;
  }
}

/** The pages of one set share what they are made from. */
const origins = new WeakMap<Pipeline['stages'], number>();

/** The text of a place among events. */
export function cursorText({ ts, rank, id }: EventPlace): string {
  return `e${ts}.${rank}.${id ?? ''}`;
}

/** The place a text means; undefined where it means none. */
export function cursorOf(text: string): EventPlace | undefined {
  const match = /^e(\d+)\.(\d)\.(\d*)$/.exec(text);
  if (match === null) return undefined;
  const [, ts, rank, id = ''] = match;
  return { ts: Number(ts), rank: Number(rank), id: id === '' ? undefined : BigInt(id) };
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decoded(text: string): string[] {
  return Buffer.from(text, 'base64url').toString().split(':');
}
