import {
  type Binding,
  Failure,
  type Json,
  type KeyRange,
  type Source,
  wholeRange,
} from '@fairlead/sdk';
import type { CaptureRequest } from '../protocol/capture-messages.ts';
import type { RangeSpec } from '../protocol/flow-messages.ts';
import { readResource } from './resource.ts';

type Open = Extract<CaptureRequest, { is: 'open' }>;

/**
 * The bindings of a session, in the order in which messages count them.
 * @throws {Failure} config, for settings that name no stream.
 */
export function bindingsOf(source: Source, { capture }: Open): readonly Binding<Json>[] {
  return (capture?.bindings ?? []).map(({ resourceConfig, stateKey }, index) => {
    const { stream, resource } = readResource(source, resourceConfig, index);
    return { stream, resource, stateKey: stateKey === '' ? stream : stateKey };
  });
}

/** The state keys of bindings that were read and may be again. */
export function inactiveKeys({ capture }: Open): readonly string[] {
  return (capture?.inactiveBindings ?? []).map(({ stateKey }) => stateKey);
}

/**
 * The part of the keys that this shard reads.
 * @throws {Failure} config, when the task is split and the source cannot be.
 */
export function rangeOf(source: Source, range: RangeSpec | undefined): KeyRange {
  if (range === undefined) return wholeRange;
  const { keyBegin: begin, keyEnd: end } = range;
  const isWhole = begin === wholeRange.begin && end === wholeRange.end;
  if (isWhole || source.sharded === true) return { begin, end };
  throw new Failure('config', `${source.name} cannot be split over several shards`, {
    where: `key range ${hex(begin)}-${hex(end)}`,
    hint: 'Join the shards of the task into one.',
  });
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
