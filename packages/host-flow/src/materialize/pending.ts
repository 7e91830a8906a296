import { Failure, type Json, type KeyRange } from '@fairlead/sdk';

/**
 * A transaction that was staged and is not known to be applied. The state of a task has one for each
 * range of keys at most: `{"00000000-ffffffff": [what commit returned]}`. The array keeps merge
 * patches from mixing two of them.
 */
export interface Pending {
  readonly range: KeyRange;
  readonly staged: Json;
}

/** The patch that adds a staged transaction to the state. */
export function pendingPatch({ range, staged }: Pending): Json {
  return { [nameOf(range)]: [staged] };
}

/** The patch that takes transactions out of the state. */
export function appliedPatch(pending: readonly Pending[]): Json {
  return Object.fromEntries(pending.map(({ range }) => [nameOf(range), null]));
}

/**
 * The transactions that the state has.
 * @throws {Failure} state, when it is that of another connector.
 */
export function readPending(state: Json): readonly Pending[] {
  if (typeof state !== 'object' || state === null || Array.isArray(state)) throw foreign();
  return Object.entries(state).map(([name, entry]) => {
    const [, begin, end] = /^([0-9a-f]{8})-([0-9a-f]{8})$/.exec(name) ?? [];
    if (begin === undefined || end === undefined || !Array.isArray(entry)) throw foreign();
    const [staged] = entry;
    if (staged === undefined) throw foreign();
    const range = { begin: Number.parseInt(begin, 16), end: Number.parseInt(end, 16) };
    return { range, staged };
  });
}

/**
 * Whether whoever has `range` applies the transaction. Ranges are split and joined, and of those
 * that partition the keys it is always exactly one.
 */
export function isMine({ range: { begin } }: Pending, range: KeyRange): boolean {
  return begin >= range.begin && begin <= range.end;
}

function nameOf({ begin, end }: KeyRange): string {
  return [begin, end].map((bound) => bound.toString(16).padStart(8, '0')).join('-');
}

function foreign(): Failure {
  return new Failure('state', 'the saved state is not one of this connector', {
    hint: 'Give the task another name, or backfill all of its bindings.',
  });
}
