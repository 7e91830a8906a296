import type { Binding, PullRequest, SourceEvent, SourceState } from '@fairlead/sdk';
import { hasKey, isIncremental, type ProgramStream } from './program-stream.ts';
import { withDeletes } from './with-deletes.ts';

/** Reads streams of a program. Its states are texts of its own. */
export type Pull<Config, State> = (
  request: PullRequest<Config, ProgramStream, State, State>,
) => AsyncIterable<SourceEvent>;

/**
 * Reads streams of a program with all that it means by what it says: rows that are gone, and streams
 * that are read anew, because nothing is known of them yet or because they can only be read whole.
 * Those get no state, as one that says that all was read would end them at once.
 */
export function adaptPull<Config, State>(pull: Pull<Config, State>): Pull<Config, State> {
  return async function* (request) {
    const { bindings, state } = request;
    const whole = bindings.map(({ resource }) => !isIncremental(resource));
    const known = withoutWhole(bindings, whole, state);
    const keyed = bindings.map(({ resource }) => hasKey(resource));
    for (const [binding, { stateKey }] of bindings.entries()) {
      const isKnown = known.shared !== undefined || Object.hasOwn(known.bindings, stateKey);
      if (!isKnown || whole[binding] === true) yield { is: 'backfill-begins', binding };
    }
    const ended = new Set<number>();
    for await (const event of pull({ ...request, state: known })) {
      if (event.is === 'documents' && ended.delete(event.binding)) {
        yield { is: 'backfill-begins', binding: event.binding };
      }
      if (event.is === 'caught-up' && whole[event.binding] === true) ended.add(event.binding);
      yield event.is === 'documents' && keyed[event.binding] === true
        ? { ...event, documents: withDeletes(event.documents) }
        : event;
    }
  };
}

function withoutWhole<State>(
  bindings: readonly Binding[],
  whole: readonly boolean[],
  { bindings: parts, ...rest }: SourceState<State, State>,
): SourceState<State, State> {
  const dropped = new Set(
    bindings.filter((_, index) => whole[index]).map(({ stateKey }) => stateKey),
  );
  const kept = Object.entries(parts).filter(([stateKey]) => !dropped.has(stateKey));
  return { ...rest, bindings: Object.fromEntries(kept) };
}
