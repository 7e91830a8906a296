import { Failure, type Json, type SourceState, type StatePatch } from '@fairlead/sdk';
import { jsonText, jsonValue } from '../protocol/json-text.ts';

/**
 * The state of a source out of the task's: the parts of bindings are under `bindingStateV1`, what
 * they share under `shared`.
 * @throws {Failure} state, when it is no state of a capture.
 */
export function sourceState(text: Uint8Array | undefined): SourceState {
  const state = jsonValue(text, 'state') ?? {};
  const bindings = isObject(state) ? (state['bindingStateV1'] ?? {}) : undefined;
  if (!isObject(state) || !isObject(bindings)) {
    throw new Failure('state', 'the saved state is not one of a capture', {
      hint: 'Start again with a new backfill.',
    });
  }
  const shared = state['shared'];
  // Numbers with more digits than a double come as others than `Json`; the source's schema judges.
  return {
    bindings: bindings as Record<string, Json>,
    ...(shared === undefined ? {} : { shared: shared as Json }),
  };
}

/** A patch on the state of a source as one on the task's; undefined when it changes nothing. */
export function taskPatch(patch: StatePatch): Uint8Array | undefined {
  const { bindings = {}, shared } = patch;
  const update: Record<string, unknown> = {};
  if (Object.keys(bindings).length > 0) update['bindingStateV1'] = bindings;
  if (shared !== undefined) update['shared'] = shared;
  return Object.keys(update).length === 0 ? undefined : jsonText(update);
}

/**
 * What takes away the parts of bindings that are being backfilled anew: those whose state key is of
 * another backfill of an active binding. Undefined when there are none. Whatever else is in the
 * state stays, as its binding may come back.
 */
export function forgetOlder(
  state: SourceState,
  active: readonly string[],
  inactive: readonly string[],
): StatePatch | undefined {
  const kept = new Set([...active, ...inactive]);
  const bases = new Set(active.map(withoutBackfill));
  const gone = Object.keys(state.bindings).filter(
    (key) => !kept.has(key) && bases.has(withoutBackfill(key)),
  );
  if (gone.length === 0) return undefined;
  return { bindings: Object.fromEntries(gone.map((key) => [key, null])) };
}

/** A state key without the number of its backfill: `orders.v2` is `orders`. */
function withoutBackfill(stateKey: string): string {
  return stateKey.replace(/\.v\d+$/, '');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
