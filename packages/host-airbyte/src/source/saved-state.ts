import { Failure, type Json, type Source, type SourceState } from '@fairlead/sdk';
import type { StateInput } from '../protocol/state-input.ts';
import { nameStream, type StreamDescriptor, streamId } from '../protocol/stream-id.ts';

/** The part of a state that a platform keeps for one stream, or for all of them. */
export interface SavedPart {
  /** Absent when nothing has been read. */
  readonly cursor?: Json;
  /** Whether it is from a read of everything that was there. */
  readonly fullRefresh: boolean;
  /** Whether that read came to its end. */
  readonly complete: boolean;
}

/** A part that a platform gave back. */
interface GivenPart extends SavedPart {
  /** Whether it is a bare cursor: written by hand, or by a source of another make. */
  readonly isBare: boolean;
}

/** A part as it is saved: `{"source":"source-file","cursor":…}`. Platforms take only objects. */
export function savedPart(source: string, { cursor, fullRefresh, complete }: SavedPart): Json {
  return {
    source,
    ...(cursor === undefined ? {} : { cursor }),
    ...(fullRefresh ? { full_refresh: true } : {}),
    ...(complete ? { [completeKey]: true } : {}),
  };
}

/** How a stream is to be read, as far as a state has to do with it. */
export interface StateBinding {
  readonly stream: StreamDescriptor;
  readonly stateKey: string;
  readonly fullRefresh: boolean;
}

/** Where to go on. */
export interface RestoredState {
  readonly state: SourceState;
  /** State keys of streams of which a full refresh has come to its end: nothing is left to read. */
  readonly complete: ReadonlySet<string>;
}

/**
 * The state of a source from what a platform kept. A full refresh goes on only from the state of a
 * full refresh, which a platform gives back within one job, or from a bare cursor when the source
 * reads snapshots, as it knows then what of it is one. A source whose streams share a position goes
 * on only from a GLOBAL state.
 * @throws {Failure} state, for a state of another source.
 */
export function restoreState(
  source: Pick<Source, 'name' | 'shared' | 'snapshots'>,
  streams: readonly StateBinding[],
  input: StateInput,
): RestoredState {
  const shared =
    input.shared === undefined ? undefined : partOf(input.shared, source.name, 'shared state');
  if (source.shared !== undefined && shared === undefined) return nothing;
  const bindings: Record<string, Json> = {};
  const complete = new Set<string>();
  for (const { stream, stateKey, fullRefresh } of streams) {
    const saved =
      input.streams.get(streamId(stream))?.state ?? legacyPart(input.legacy, stream.name);
    if (saved === undefined) continue;
    const part = partOf(saved, source.name, `stream ${nameStream(stream)}`);
    const isSnapshot = part.fullRefresh || part.complete || (part.isBare && source.snapshots);
    if (fullRefresh && isSnapshot !== true) continue;
    if (fullRefresh && part.complete) complete.add(stateKey);
    if (part.cursor !== undefined) bindings[stateKey] = part.cursor;
  }
  const position = source.shared === undefined ? undefined : shared?.cursor;
  return { state: { ...(position === undefined ? {} : { shared: position }), bindings }, complete };
}

const nothing: RestoredState = { state: { bindings: {} }, complete: new Set() };
const completeKey = '__ab_full_refresh_sync_complete';
const noCursorKey = '__ab_no_cursor_state_message';

function partOf(saved: Json, source: string, where: string): GivenPart {
  if (!isRecord(saved)) {
    return { cursor: saved, fullRefresh: false, complete: false, isBare: true };
  }
  const { [completeKey]: ended, [noCursorKey]: endless, ...raw } = saved;
  const complete = ended === true || endless === true;
  const { source: owner, cursor, full_refresh: fullRefresh } = raw;
  if (typeof owner !== 'string') {
    // Written by hand, or by a source of another make, which the cursor's own schema will find out.
    const isEmpty = Object.keys(raw).length === 0;
    const cursorOf = isEmpty ? {} : { cursor: raw };
    return { ...cursorOf, fullRefresh: complete, complete, isBare: true };
  }
  if (owner !== source) {
    throw new Failure('state', `the saved state belongs to ${owner}`, {
      where,
      hint: 'Refresh or clear the stream, so that it is read anew.',
    });
  }
  const found = cursor === undefined ? {} : { cursor };
  return { ...found, fullRefresh: fullRefresh === true, complete, isBare: false };
}

function legacyPart(legacy: Json | undefined, name: string): Json | undefined {
  return isRecord(legacy) && Object.hasOwn(legacy, name) ? legacy[name] : undefined;
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
