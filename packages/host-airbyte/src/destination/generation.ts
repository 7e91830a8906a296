import { Failure } from '@fairlead/sdk';

/** What a catalog says about the rows of a stream. */
export interface Generation {
  readonly mode: DestinationMode;
  /** Absent from hosts that know no refreshes. */
  readonly generationId: number | undefined;
  readonly minimumGenerationId: number | undefined;
}

export type DestinationMode = 'append' | 'overwrite' | 'append_dedup' | 'overwrite_dedup';

/** Where the records of a stream go. */
export type Route =
  /** To its table. */
  | { readonly is: 'live' }
  /**
   * To rows that take the place of those of its table once the stream is complete. What an earlier
   * sync has gathered for the same `generation` belongs to them; without one they begin anew.
   */
  | { readonly is: 'replacing'; readonly generation: number | undefined };

/**
 * Where the records of a stream go. `oldest` is the least generation that its table holds, when that
 * is known.
 *
 * Overwriting always replaces, also when the generation is that of the rows that are there: some hosts
 * never raise it. Other modes replace only what is older than the generation; where that is not known,
 * the first generation is taken to have none before it.
 * @throws {Failure} config, for a minimum that is neither 0 nor the generation.
 */
export function routeOf(
  { mode, generationId, minimumGenerationId }: Generation,
  oldest: number | undefined,
  where: string,
): Route {
  const overwrites = mode === 'overwrite' || mode === 'overwrite_dedup';
  if (generationId === undefined || minimumGenerationId === undefined) {
    return overwrites ? { is: 'replacing', generation: generationId } : { is: 'live' };
  }
  if (minimumGenerationId === 0 && generationId !== 0) return { is: 'live' };
  if (minimumGenerationId !== generationId) {
    throw new Failure(
      'config',
      `minimum_generation_id ${minimumGenerationId} is neither 0 nor the generation, ${generationId}`,
      { where },
    );
  }
  if (overwrites) return { is: 'replacing', generation: generationId };
  const hasOlder = oldest === undefined ? generationId > 1 : oldest < generationId;
  return hasOlder ? { is: 'replacing', generation: generationId } : { is: 'live' };
}
