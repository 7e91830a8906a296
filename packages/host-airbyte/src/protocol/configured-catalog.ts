import { describeIssues, Failure, type Json } from '@fairlead/sdk';
import { z } from 'zod';
import { nameStream, describeStream, streamId } from './stream-id.ts';

const Path = z.array(z.string());

const CatalogStream = z.looseObject({
  name: z.string(),
  namespace: z.string().nullish(),
  json_schema: z.record(z.string(), z.unknown()).nullish(),
  supported_sync_modes: z.array(z.string()).nullish(),
  source_defined_cursor: z.boolean().nullish(),
  default_cursor_field: Path.nullish(),
  source_defined_primary_key: z.array(Path).nullish(),
  is_resumable: z.boolean().nullish(),
});

const SyncMode = z.enum(['full_refresh', 'incremental']);

const ConfiguredStream = z.looseObject({
  stream: CatalogStream,
  sync_mode: SyncMode.nullish().transform((mode) => mode ?? 'full_refresh'),
  /** Sources must not care which; destinations check it. */
  destination_sync_mode: z
    .string()
    .nullish()
    .transform((mode) => mode ?? 'append'),
  cursor_field: Path.nullish(),
  primary_key: z.array(Path).nullish(),
  generation_id: z.int().nullish(),
  minimum_generation_id: z.int().nullish(),
  sync_id: z.int().nullish(),
  destination_object_name: z.string().nullish(),
  include_files: z.boolean().nullish(),
});

const ConfiguredCatalog = z.looseObject({ streams: z.array(ConfiguredStream) });

/** The streams of a sync, and what is asked of each. Members that are absent may also be null. */
export type ConfiguredCatalog = z.infer<typeof ConfiguredCatalog>;
export type ConfiguredStream = z.infer<typeof ConfiguredStream>;

/**
 * Reads a configured catalog. Members that are not known are kept and passed over.
 * @throws {Failure} config
 */
export function parseConfiguredCatalog(value: Json | undefined): ConfiguredCatalog {
  const parsed = ConfiguredCatalog.safeParse(value ?? null);
  if (!parsed.success) {
    throw new Failure('config', describeIssues(parsed.error.issues), { where: 'catalog' });
  }
  const seen = new Set<string>();
  for (const { stream } of parsed.data.streams) {
    const id = streamId(stream);
    if (!seen.has(id)) seen.add(id);
    else {
      const where = `stream ${nameStream(describeStream(stream))}`;
      throw new Failure('config', 'the stream is in the catalog twice', { where });
    }
  }
  return parsed.data;
}
