import { Failure } from '@fairlead/sdk';
import { z } from 'zod';

/** What is known of the table of a stream from earlier syncs. */
export interface TableMemory {
  /** The least generation that it holds. Absent when it is not known. */
  readonly oldest?: number;
  /** The generation that is being gathered beside it, to replace it. */
  readonly building?: number;
}

/** By id of the stream. */
export type TableMemories = Readonly<Record<string, TableMemory>>;

const Memory = z.object({
  version: z.literal(1),
  streams: z.record(
    z.string(),
    z.object({ oldest: z.int().optional(), building: z.int().optional() }),
  ),
});

/**
 * Reads what {@link encodeMemories} wrote; nothing is known when there is none.
 * @throws {Failure} state
 */
export function decodeMemories(checkpoint: string | null): TableMemories {
  if (checkpoint === null) return {};
  const parsed = Memory.safeParse(parseText(checkpoint));
  if (!parsed.success) {
    throw new Failure('state', 'what the last sync left in the destination cannot be read');
  }
  // The schema describes this type; zod's optional members may hold undefined, which JSON cannot.
  return parsed.data.streams as TableMemories;
}

/** The checkpoint that a destination keeps with the rows. */
export function encodeMemories(streams: TableMemories): string {
  return JSON.stringify({ version: 1, streams });
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
