import { parsePointer } from '@fairlead/json';
import type { StreamRule } from '@fairlead/runtime';
import type { Json, StreamInfo } from '@fairlead/sdk';
import { matchesStream } from '../match-stream.ts';
import { memberAt } from '../file/member-at.ts';

/** A stream of a sync, and how it is read and written. */
export interface SyncedStream {
  readonly stream: string;
  readonly read: 'full_refresh' | 'incremental';
  readonly write: 'append' | 'append_dedup' | 'overwrite' | 'overwrite_dedup';
  /** The stream as a configured catalog has it. */
  readonly configured: Json;
}

/**
 * The streams of a sync: those offered that a rule takes. What is read whole each time overwrites what
 * was there, unless every document is wanted; what is read on is put to what was there, by its key
 * when it has one.
 *
 * @param offered by a source executable.
 * @param generation grows from sync to sync.
 */
export function configureStreams(
  offered: readonly StreamInfo[],
  rules: readonly StreamRule[],
  generation: number,
): readonly SyncedStream[] {
  return offered.flatMap((info) => {
    const rule = rules.find(({ match }) => matchesStream(match, info.name));
    return rule === undefined ? [] : [configure(info, rule, generation)];
  });
}

function configure(info: StreamInfo, rule: StreamRule, generation: number): SyncedStream {
  const stream = memberAt(info.resource, ['catalogStream']) as Json;
  const modes = memberAt(stream, ['supported_sync_modes']);
  const read =
    Array.isArray(modes) && modes.includes('incremental') ? 'incremental' : 'full_refresh';
  const key = (rule.key ?? info.key).map(pathOf);
  // Most destinations merge by members of the root alone.
  const mergeable = key.length > 0 && key.every((path) => path.length === 1);
  const merges = rule.write === 'merge' || (rule.write === undefined && mergeable);
  const overwrites = read === 'full_refresh' && rule.write !== 'append';
  const write = `${overwrites ? 'overwrite' : 'append'}${merges ? '_dedup' : ''}` as const;
  return {
    stream: info.name,
    read,
    write,
    configured: {
      stream,
      sync_mode: read,
      destination_sync_mode: write,
      primary_key: key,
      cursor_field: info.cursor === undefined ? [] : pathOf(info.cursor),
      generation_id: overwrites ? generation : 1,
      minimum_generation_id: overwrites ? generation : 0,
      sync_id: generation,
    },
  };
}

/** The path of a member that is named by itself or by its pointer. */
function pathOf(name: string): string[] {
  return name.startsWith('/') ? [...parsePointer(name)] : [name];
}
