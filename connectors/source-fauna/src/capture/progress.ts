import { patchBetween, type Json, type SourceEvent } from '@fairlead/sdk';
import type { Cursor } from '../state/cursor.ts';

/** Where a binding stands, and what of it is saved. */
export class Progress {
  readonly #stateKey: string;
  #cursor: Cursor;
  #saved: Json | undefined;

  constructor(stateKey: string, cursor: Cursor | undefined) {
    this.#stateKey = stateKey;
    this.#cursor = cursor ?? {};
    this.#saved = cursor === undefined ? undefined : toJson(cursor);
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Moves on, without a word: the next checkpoint says so. */
  stage(cursor: Cursor): void {
    this.#cursor = cursor;
  }

  /** Moves on. @returns the checkpoint that says so. */
  to(cursor: Cursor): SourceEvent {
    const saved = toJson(cursor);
    const patch = patchBetween(this.#saved, saved);
    this.#cursor = cursor;
    this.#saved = saved;
    const bindings = patch === undefined ? {} : { [this.#stateKey]: patch };
    return { is: 'checkpoint', patch: { bindings } };
  }
}

/** Without members that are undefined, in it and in its parts. */
function toJson(cursor: Cursor): Json {
  const parts = Object.entries(cursor).map(([name, part]) => [
    name,
    isPart(part) ? defined(part) : part,
  ]);
  // What a schema of JSON has accepted is JSON.
  return defined(Object.fromEntries(parts)) as Json;
}

function defined(part: object): object {
  return Object.fromEntries(Object.entries(part).filter(([, member]) => member !== undefined));
}

function isPart(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
