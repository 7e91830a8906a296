import { byteSize, duration, settingsSchema } from '@fairlead/sdk';
import type { JsonSchema } from '@fairlead/json';
import { z } from 'zod';

const write = z.enum(['merge', 'append']).meta({
  title: 'Write Mode',
  description:
    'What happens to a document whose key is in the table: "merge" replaces the row, "append" adds another. By default streams with a key are merged.',
});

const deletes = z.enum(['hard', 'soft', 'ignore']).meta({
  title: 'Delete Mode',
  description:
    'What a delete in the source does to the row: "hard" removes it, "soft" marks it, "ignore" leaves it. By default it is removed.',
});

const contract = z.enum(['evolve', 'freeze', 'quarantine']).meta({
  title: 'Schema Contract',
  description:
    'What happens to a document that does not fit the table: "evolve" lets the table grow, "freeze" stops, "quarantine" sets the document aside. By default the table grows.',
});

const connector = (description: string, title: string) =>
  z.record(z.string(), z.record(z.string(), z.unknown()).nullable()).meta({ title, description });

const list = (title: string, description: string) =>
  z.array(z.string().min(1)).min(1).meta({ title, description });

const Stream = z
  .object({
    match: z.string().min(1).meta({
      title: 'Match',
      description: 'A stream, or a pattern in which "*" stands for any characters.',
    }),
    columns: list(
      'Columns',
      'The columns that you want, in their order: names, "*" for all, "-name" for one to leave out.',
    ).optional(),
    key: list(
      'Key',
      'Members that identify a document, instead of the key of the stream.',
    ).optional(),
    write: write.optional(),
    deletes: deletes.optional(),
    contract: contract.optional(),
    source: z.record(z.string(), z.json()).optional().meta({
      title: 'Settings of the Stream',
      description: 'Settings of the source for this stream, over those that it offers.',
    }),
    target: z.record(z.string(), z.json()).optional().meta({
      title: 'Settings of the Table',
      description: 'Settings of the destination for this table, such as "table", its name.',
    }),
  })
  .meta({ title: 'Stream', description: 'How some of the streams are read and written.' });

const patternDescription = 'A stream, or a pattern in which "*" stands for any characters.';

/** `pipeline.yaml`, but for the settings of its connectors, which they know themselves. */
const PipelineSettings = z.object({
  name: z.string().min(1).max(200).optional().meta({
    title: 'Name',
    description:
      'Names the pipeline in its destination; keep it the same from run to run. By default that of the folder.',
  }),
  source: connector('Where your data comes from: a connector and its settings.', 'Source'),
  destination: connector('Where your data goes: a connector and its settings.', 'Destination'),
  defaults: z
    .object({
      write: write.optional(),
      deletes: deletes.optional(),
      contract: contract.optional(),
    })
    .optional()
    .meta({ title: 'Defaults', description: 'What holds for all streams that do not differ.' }),
  streams: z
    .array(z.union([z.string().min(1).meta({ description: patternDescription }), Stream]))
    .min(1)
    .optional()
    .meta({
      title: 'Streams',
      description: 'The streams that you want; the first that matches decides. By default all.',
    }),
  commit: z
    .object({
      bytes: byteSize(
        'Bytes',
        'The size at which a transaction is committed, such as 1GiB.',
      ).optional(),
      every: duration(
        'Every',
        'How long after a commit the next one comes, such as 30s.',
      ).optional(),
    })
    .optional()
    .meta({ title: 'Commit', description: 'When a transaction is committed.' }),
});

/**
 * `PipelineSettings` as they are parsed: every stream in its long form, so that what is wrong with
 * one is said about that form and not about a choice of two.
 */
export const ParsedSettings = PipelineSettings.extend({
  streams: z.array(Stream).min(1).optional(),
});
export type ParsedSettings = z.infer<typeof ParsedSettings>;

/** `value` with each pattern under `streams` that stands alone in its long form. */
export function inLongForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('streams' in value)) return value;
  const { streams } = value;
  if (!Array.isArray(streams)) return value;
  return {
    ...value,
    // A number or a boolean is one that lacks its quotes, which is then said about it.
    streams: streams.map((item: unknown) => (typeof item === 'object' ? item : { match: item })),
  };
}

/** The JSON Schema of {@link PipelineSettings}. */
export function pipelineSettingsSchema(): JsonSchema {
  return settingsSchema(PipelineSettings);
}
