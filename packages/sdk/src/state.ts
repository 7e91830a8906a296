import type { Json } from './json-value.ts';

/**
 * What a source needs to resume: one position for a source with one log, and a part for each
 * binding, under its state key.
 */
export interface SourceState<Cursor = Json, Shared = Json> {
  readonly shared?: Shared;
  readonly bindings: Readonly<Record<string, Cursor>>;
}

/**
 * An RFC 7396 merge patch on a {@link SourceState}: it holds only what changed, and `null` removes.
 */
export interface StatePatch {
  readonly shared?: Json;
  readonly bindings?: Readonly<Record<string, Json>>;
}

/** The state of a source that has read nothing. */
export const emptyState: SourceState = { bindings: {} };

/**
 * `target` after an RFC 7396 merge patch. Neither argument changes; what the patch does not touch
 * is shared with `target`.
 */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else define(result, key, mergePatch(own(result, key), value));
  }
  return result;
}

/**
 * The merge patch that leads from one value to the other; undefined when they are the same. What
 * both share by reference is not looked at. Neither may hold null, which a merge patch cannot set.
 */
export function patchBetween(from: Json | undefined, to: Json | undefined): Json | undefined {
  if (from === to) return undefined;
  if (to === undefined) return null;
  if (!isObject(from) || !isObject(to)) return isEqual(from, to) ? undefined : to;
  const patch: Record<string, Json> = {};
  let changed = false;
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const change = patchBetween(own(from, key), own(to, key));
    if (change === undefined) continue;
    changed = true;
    define(patch, key, change);
  }
  return changed ? patch : undefined;
}

/** The state after a checkpoint. */
export function applyCheckpoint(state: SourceState, patch: StatePatch): SourceState {
  const bindings = mergePatch(state.bindings, patch.bindings ?? {});
  const shared = patch.shared === undefined ? state.shared : mergePatch(state.shared, patch.shared);
  return {
    ...(shared === undefined || shared === null ? {} : { shared }),
    bindings: isObject(bindings) ? bindings : {},
  };
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isEqual(a: Json | undefined, b: Json): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Sets a member, also one that is called `__proto__`. */
function define(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else object[key] = value;
}
