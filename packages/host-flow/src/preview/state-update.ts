import type { Json } from '@fairlead/sdk';
import { jsonValue } from '../protocol/json-text.ts';

/** A change of a task's state as a connector says it. */
export interface StateUpdate {
  readonly updated: Json;
  /** Whether it is merged into the state; otherwise it replaces it. */
  readonly mergePatch: boolean;
}

/** The change in a message. */
export function readUpdate(message: {
  readonly updated?: Uint8Array;
  readonly mergePatch: boolean;
}): StateUpdate {
  // Numbers with more digits than a double are others than `Json`, which are merged as they are.
  const updated = (jsonValue(message.updated, 'state') ?? null) as Json;
  return { updated, mergePatch: message.mergePatch };
}

/** The state after a change. */
export function afterUpdate(state: Json, { updated, mergePatch: merges }: StateUpdate): Json {
  return merges ? merged(state, updated) : updated;
}

/**
 * `target` after an RFC 7396 merge patch. Only plain objects are merged: a number that keeps its
 * digits in an object of its own is one value.
 */
function merged(target: Json | undefined, patch: Json): Json {
  if (!isPlain(patch)) return patch;
  const members = new Map(isPlain(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, merged(members.get(name), value));
  }
  return Object.fromEntries(members);
}

function isPlain(value: Json | undefined): value is { readonly [key: string]: Json } {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}
