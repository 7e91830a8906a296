import { emptyState, Failure, type Json, type Source, type SourceState } from '@fairlead/sdk';
import { z } from 'zod';
import type { ChosenStream } from './function-table.ts';
import { isMembers } from './request.ts';

/** What a function keeps from one call to the next, all of it in the `state` of its answer. */
export interface FunctionState {
  /** Of the source, with the parts of all bindings, also of those that are not read now. */
  readonly source: SourceState;
  /** Absent when the sync before has come to its end. */
  readonly sync?: OpenSync;
}

/** A sync that has not come to its end. */
export interface OpenSync {
  /** Absent when the platform does not tell one sync from another. */
  readonly id?: string;
  /** What it reads, so that not every call has to discover. */
  readonly streams: readonly ChosenStream[];
  /** How many of its last answers had no rows. */
  readonly empty: number;
  /**
   * The streams among them that have come to their end, and are not asked again: some begin anew
   * then. None where streams share a position.
   */
  readonly done: readonly string[];
}

const version = 1;

const Saved = z.object({
  version: z.literal(version),
  connector: z.string(),
  shared: z.json().optional(),
  bindings: z.record(z.string(), z.json()),
  sync: z
    .object({
      id: z.string().optional(),
      streams: z.array(
        z.object({ name: z.string(), key: z.array(z.string()), resource: z.json() }),
      ),
      empty: z.int().min(0),
      done: z.array(z.string()),
    })
    .optional(),
});

/**
 * The state of a source out of that of a request; an empty one at first.
 * @throws {Failure} state, for one that this connector has not written.
 */
export function readState({ name }: Source, saved: Json): FunctionState {
  if (isMembers(saved) && Object.keys(saved).length === 0) return { source: emptyState };
  const parsed = Saved.safeParse(saved);
  const members = isMembers(saved) ? saved : {};
  const owner = members['connector'];
  if (typeof owner !== 'string') throw foreign('it is not one of Fairlead');
  if (owner !== name) throw foreign(`it belongs to ${owner}, and this is ${name}`);
  if (members['version'] !== version) {
    throw foreign(`it has version ${JSON.stringify(members['version'])}, and ${version} is known`);
  }
  if (!parsed.success) throw foreign('it is damaged');
  const { shared, bindings, sync } = parsed.data;
  return {
    source: { ...(shared === undefined ? {} : { shared }), bindings },
    ...(sync === undefined ? {} : { sync: syncOf(sync) }),
  };
}

function syncOf({ id, ...rest }: NonNullable<z.infer<typeof Saved>['sync']>): OpenSync {
  return { ...rest, ...(id === undefined ? {} : { id }) };
}

/** The state as an answer has it. */
export function writeState({ name }: Source, { source, sync }: FunctionState): Json {
  const { shared, bindings } = source;
  return {
    version,
    connector: name,
    ...(shared === undefined ? {} : { shared }),
    bindings,
    ...(sync === undefined ? {} : { sync: openSync(sync) }),
  };
}

function openSync({ id, streams, empty, done }: OpenSync): Json {
  const chosen = streams.map(({ name, key, resource }) => ({ name, key, resource }));
  return { ...(id === undefined ? {} : { id }), streams: chosen, empty, done };
}

function foreign(problem: string): Failure {
  return new Failure('state', `the saved state cannot be used: ${problem}`);
}
