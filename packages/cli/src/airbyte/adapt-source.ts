import type { Binding, Source, SourceState } from '@fairlead/sdk';
import { memberAt } from '../file/member-at.ts';
import { withDeletes } from './with-deletes.ts';

/**
 * The source that runs executables of Airbyte, with all that they mean by what they say: rows that
 * are gone, and streams that are read anew, because nothing is known of them yet or because they can
 * only be read whole. Those get no state, as one that says that all was read would end them at once.
 */
export function adaptSource(source: Source): Source {
  return {
    ...source,
    async *pull(request) {
      const { bindings, state } = request;
      const whole = bindings.map(isReadWhole);
      const known = withoutWhole(bindings, whole, state);
      const keyed = bindings.map(hasKey);
      for (const [binding, { stateKey }] of bindings.entries()) {
        const isKnown = known.shared !== undefined || Object.hasOwn(known.bindings, stateKey);
        if (!isKnown || whole[binding] === true) yield { is: 'backfill-begins', binding };
      }
      const ended = new Set<number>();
      for await (const event of source.pull({ ...request, state: known })) {
        if (event.is === 'documents' && ended.delete(event.binding)) {
          yield { is: 'backfill-begins', binding: event.binding };
        }
        if (event.is === 'caught-up' && whole[event.binding] === true) ended.add(event.binding);
        yield event.is === 'documents' && keyed[event.binding] === true
          ? { ...event, documents: withDeletes(event.documents) }
          : event;
      }
    },
  };
}

/** Whether the stream cannot be read on from a state. */
function isReadWhole({ resource }: Binding): boolean {
  const modes = memberAt(resource, ['catalogStream', 'supported_sync_modes']);
  return !Array.isArray(modes) || !modes.includes('incremental');
}

function hasKey({ resource }: Binding): boolean {
  const key = memberAt(resource, ['catalogStream', 'source_defined_primary_key']);
  return Array.isArray(key) && key.length > 0;
}

function withoutWhole(
  bindings: readonly Binding[],
  whole: readonly boolean[],
  { bindings: parts, ...rest }: SourceState<unknown, unknown>,
): SourceState<unknown, unknown> {
  const dropped = new Set(
    bindings.filter((_, index) => whole[index]).map(({ stateKey }) => stateKey),
  );
  const kept = Object.entries(parts).filter(([stateKey]) => !dropped.has(stateKey));
  return { ...rest, bindings: Object.fromEntries(kept) };
}
