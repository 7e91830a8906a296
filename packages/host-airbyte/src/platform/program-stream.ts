import { z } from 'zod';

/** A stream of a program, as its catalog has it. */
export const ProgramStream = z.object({
  name: z.string().meta({ title: 'Name', description: 'The stream as its source calls it.' }),
  namespace: z.string().optional(),
  catalogStream: z.record(z.string(), z.json()),
});
export type ProgramStream = z.infer<typeof ProgramStream>;

/** Whether the stream can be read on from a state; otherwise it can only be read whole. */
export function isIncremental({ catalogStream }: ProgramStream): boolean {
  const modes = catalogStream['supported_sync_modes'];
  return Array.isArray(modes) && modes.includes('incremental');
}

/** Whether the program says which fields are the key of the stream. */
export function hasKey({ catalogStream }: ProgramStream): boolean {
  const key = catalogStream['source_defined_primary_key'];
  return Array.isArray(key) && key.length > 0;
}
