import type { ConnectedSource, Scope } from '@fairlead/sdk';
import type { ConfiguredCatalog } from '../protocol/configured-catalog.ts';
import { describeStream, type StreamDescriptor, streamId } from '../protocol/stream-id.ts';
import { type StreamTerms, termsIn, termsOf } from './catalog-stream.ts';

/** A stream that a sync is to read. */
export interface ChosenStream {
  readonly stream: StreamDescriptor;
  readonly stateKey: string;
  readonly fullRefresh: boolean;
  /** Absent when the source has no such stream. */
  readonly terms?: StreamTerms;
}

/**
 * The streams of a configured catalog, in its order. The source is asked for its streams only when
 * the catalog has one that does not say how it is read.
 */
export async function chooseStreams(
  source: ConnectedSource,
  { streams }: ConfiguredCatalog,
  scope: Omit<Scope, 'config'>,
): Promise<readonly ChosenStream[]> {
  const isTold = streams.every((configured) => termsIn(configured) !== undefined);
  const offered = isTold ? [] : await source.discover(scope);
  return streams.map((configured) => {
    const stream = describeStream(configured.stream);
    const info = offered.find(({ name }) => name === stream.name);
    const terms = termsIn(configured) ?? (info && termsOf(info));
    return {
      stream,
      stateKey: streamId(stream),
      fullRefresh: configured.sync_mode === 'full_refresh',
      ...(terms === undefined ? {} : { terms }),
    };
  });
}
