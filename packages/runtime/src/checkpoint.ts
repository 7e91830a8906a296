import {
  applyCheckpoint,
  Failure,
  patchBetween,
  type Json,
  type SourceState,
  type StatePatch,
} from '@fairlead/sdk';
import { z } from 'zod';

/** What a run leaves for the next one, kept by the destination as text. */
export interface RunCheckpoint {
  readonly version: 1;
  /** The name of the source whose state this is. */
  readonly source: string;
  readonly state: SourceState;
  /** By state key. */
  readonly streams: Readonly<Record<string, StreamMemory>>;
  /** Commits so far. */
  readonly commits: number;
  /** The last commits, newest first, each with what undoes it. */
  readonly history: readonly PastCommit[];
}

/** What is remembered of one stream beside its position. */
export interface StreamMemory {
  /** JSON Schema of all documents so far. */
  readonly schema: Json;
  /** The stream was rewound: documents that its source calls new may be known. */
  readonly rewound?: boolean;
}

/** A commit that can be taken back with `state rewind`. */
export interface PastCommit {
  readonly commit: number;
  /** RFC 3339. */
  readonly at: string;
  /** The merge patch that leads from the state after the commit to that before it. */
  readonly undo: StatePatch;
}

const Patch = z.object({
  shared: z.json().optional(),
  bindings: z.record(z.string(), z.json()).optional(),
});
const Checkpoint = z.object({
  version: z.literal(1),
  source: z.string(),
  state: z.object({ shared: z.json().optional(), bindings: z.record(z.string(), z.json()) }),
  streams: z.record(z.string(), z.object({ schema: z.json(), rewound: z.boolean().optional() })),
  commits: z.int(),
  history: z.array(z.object({ commit: z.int(), at: z.string(), undo: Patch })),
});

/** The checkpoint of a pipeline that has never run. */
export function firstCheckpoint(source: string): RunCheckpoint {
  return { version: 1, source, state: { bindings: {} }, streams: {}, commits: 0, history: [] };
}

/**
 * Reads a checkpoint; none is the first one.
 * @throws {Failure} state, when it is of another source or of another program.
 */
export function decodeCheckpoint(text: string | null, source: string): RunCheckpoint {
  if (text === null) return firstCheckpoint(source);
  const hint =
    'Start again with a new backfill (fairlead state reset), or give the pipeline another name.';
  const parsed = Checkpoint.safeParse(parseText(text));
  if (!parsed.success) {
    throw new Failure('state', 'the saved checkpoint is not one of this program', { hint });
  }
  if (parsed.data.source !== source) {
    const message = `the saved checkpoint is of ${parsed.data.source}, and this pipeline reads ${source}`;
    throw new Failure('state', message, { hint });
  }
  // The schema describes this type; zod's optional members may hold undefined, which JSON cannot.
  return parsed.data as RunCheckpoint;
}

export function encodeCheckpoint(checkpoint: RunCheckpoint): string {
  return JSON.stringify(checkpoint);
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Commits that can be taken back, and how large what undoes them may grow in all. */
const historyLimit = { commits: 20, bytes: 64 * 1024 };

/** The checkpoint after a commit that brought the source to `state`. */
export function afterCommit(
  before: RunCheckpoint,
  state: SourceState,
  streams: Readonly<Record<string, StreamMemory>>,
  at: Date,
): RunCheckpoint {
  const commit = before.commits + 1;
  const undo = undoPatch(before.state, state);
  return {
    ...before,
    state,
    streams,
    commits: commit,
    history: bounded([{ commit, at: at.toISOString(), undo }, ...before.history]),
  };
}

function bounded(history: readonly PastCommit[]): readonly PastCommit[] {
  let bytes = 0;
  return history.slice(0, historyLimit.commits).filter((past) => {
    bytes += JSON.stringify(past.undo).length;
    return bytes <= historyLimit.bytes;
  });
}

/** The patch that leads from the state after a commit back to that before it. */
export function undoPatch(before: SourceState, after: SourceState): StatePatch {
  const shared = patchBetween(after.shared, before.shared);
  const bindings = patchBetween(after.bindings, before.bindings);
  return {
    ...(shared === undefined ? {} : { shared }),
    ...(isObject(bindings) ? { bindings } : {}),
  };
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The checkpoint without what a stream has read, so that it is read anew; of all streams when none
 * is named.
 */
export function resetCheckpoint(
  checkpoint: RunCheckpoint,
  streams?: readonly string[],
): RunCheckpoint {
  if (streams === undefined) {
    return { ...firstCheckpoint(checkpoint.source), commits: checkpoint.commits };
  }
  const left = (key: string) => !streams.includes(key);
  return {
    ...checkpoint,
    state: {
      ...checkpoint.state,
      bindings: pick(checkpoint.state.bindings, left),
    },
    streams: pick(checkpoint.streams, left),
    // What undid earlier commits would bring the positions back.
    history: [],
  };
}

/**
 * The checkpoint as it was before commit `commit` and all later ones. What was written since stays
 * in the destination and is written again.
 * @throws {Failure} config, when that commit is not among those that are remembered.
 */
export function rewindCheckpoint(checkpoint: RunCheckpoint, commit: number): RunCheckpoint {
  const index = checkpoint.history.findIndex((past) => past.commit === commit);
  if (index < 0) {
    const known = checkpoint.history.map((past) => past.commit);
    throw new Failure('config', `commit ${commit} is not among those that can be taken back`, {
      hint:
        known.length === 0
          ? 'None can be; start again with fairlead state reset.'
          : `Choose one from ${known.at(-1)} to ${known[0]}.`,
    });
  }
  let state = checkpoint.state;
  const touched = new Set<string>();
  for (const { undo: patch } of checkpoint.history.slice(0, index + 1)) {
    state = applyCheckpoint(state, patch);
    for (const key of Object.keys(patch.bindings ?? {})) touched.add(key);
  }
  const shared = checkpoint.state.shared !== undefined;
  const streams = Object.entries(checkpoint.streams).map(([key, memory]) => [
    key,
    shared || touched.has(key) ? { ...memory, rewound: true } : memory,
  ]);
  return {
    ...checkpoint,
    state,
    streams: Object.fromEntries(streams) as Record<string, StreamMemory>,
    history: checkpoint.history.slice(index + 1),
  };
}

function pick<T>(
  record: Readonly<Record<string, T>>,
  keep: (key: string) => boolean,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keep(key)));
}
