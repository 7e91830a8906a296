import type { Pipeline } from '@fairlead/runtime';
import { closest, Failure, type Log } from '@fairlead/sdk';
import { matchesStream } from './match-stream.ts';

/**
 * The pipeline as it is for the streams that some patterns name; as it is when there are none.
 * Its source is asked once what it offers.
 *
 * @throws {Failure} config, for a pattern that names none of the pipeline's streams.
 */
export async function chooseStreams(
  pipeline: Pipeline,
  patterns: readonly string[],
  scope: { readonly log: Log; readonly signal: AbortSignal },
): Promise<Pipeline> {
  if (patterns.length === 0) return pipeline;
  const offered = await pipeline.source.discover(scope);
  const taken = offered.flatMap((info) => {
    const rule = pipeline.streams.find(({ match }) => matchesStream(match, info.name));
    return rule === undefined ? [] : [{ info, rule: { ...rule, match: info.name } }];
  });
  for (const pattern of patterns) {
    if (!taken.some(({ info }) => matchesStream(pattern, info.name))) {
      throw noStream(
        pattern,
        taken.map(({ info }) => info.name),
      );
    }
  }
  const chosen = taken.filter(({ info }) =>
    patterns.some((pattern) => matchesStream(pattern, info.name)),
  );
  return {
    ...pipeline,
    source: { ...pipeline.source, discover: async () => chosen.map(({ info }) => info) },
    streams: chosen.map(({ rule }) => rule),
  };
}

/** The failure of a word that should name one of `names`. */
export function noStream(word: string, names: readonly string[]): Failure {
  const near = closest(word, names);
  if (near !== undefined) {
    return new Failure('config', `no stream "${word}"; did you mean "${near}"?`);
  }
  const list = names.length === 0 ? 'none' : names.slice(0, 10).join(', ');
  return new Failure('config', `no stream "${word}"`, { hint: `There are: ${list}.` });
}
