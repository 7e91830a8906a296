import { within, type Json, type Log, type StreamInfo } from '@fairlead/sdk';
import { isForbidden } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import type { Column } from '../columns.ts';
import { inBatches } from '../in-batches.ts';
import { FaunaResource, streamSettings, type FaunaConfig } from '../settings.ts';
import { collectionsOf } from './collections-of.ts';
import { inferColumns } from './infer-columns.ts';
import { samplePage } from './sample-page.ts';
import { refKey, streamSchema, tsCursor } from './stream-schema.ts';
import { usableIndexes } from './usable-indexes.ts';

/**
 * A stream for each collection, by name: for all that the key may see, or for the one that the settings name, which takes no
 * query when they name its index too, or that it shall have none. The resource names the index by which changes are read;
 * in FQL v4, a collection without one is read as a whole.
 * When columns are to be discovered, some documents of each collection are read.
 * @throws {Failure} which says what may not be listed, or in which collection it failed.
 */
export async function streamsOf(
  fauna: Fauna,
  config: FaunaConfig,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<StreamInfo[]> {
  const resources = await resourcesOf(fauna, config, signal);
  return [
    ...(await inBatches(resources, async (resource) => {
      const found = config.discover_columns
        ? await discoveredColumns(fauna, config, resource, { signal, log })
        : [];
      return streamOf(config, resource, found);
    })),
  ];
}

async function resourcesOf(
  fauna: Fauna,
  { collection: { name, index } }: FaunaConfig,
  signal: AbortSignal,
): Promise<readonly FaunaResource[]> {
  if (name !== undefined && index !== undefined) {
    return [FaunaResource.parse({ collection: name, index })];
  }
  try {
    if (name !== undefined) return [await resourceOf(fauna, name, signal)];
    const names = await collectionsOf(fauna, signal);
    const indexes = await usableIndexes(fauna, signal);
    return names
      .toSorted()
      .map((collection) => FaunaResource.parse({ collection, index: indexes.get(collection) }));
  } catch (error) {
    throw failureOf(error, fauna.server);
  }
}

/** With its index, as far as the key may see it. */
async function resourceOf(
  fauna: Fauna,
  collection: string,
  signal: AbortSignal,
): Promise<FaunaResource> {
  try {
    const index = (await usableIndexes(fauna, signal)).get(collection);
    return FaunaResource.parse({ collection, index });
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return FaunaResource.parse({ collection });
  }
}

function streamOf(
  config: FaunaConfig,
  resource: FaunaResource,
  found: readonly Column[],
): StreamInfo {
  const settings = streamSettings(config, resource);
  const isFollowed = config.api_version === '10' || settings.index !== undefined;
  const columns = [...settings.columns, ...found];
  return {
    name: resource.collection,
    key: [refKey],
    schema: streamSchema({ ...settings, columns }),
    // What is not said here is as in the settings, also when they change.
    resource: {
      collection: resource.collection,
      ...(resource.index === undefined ? {} : { index: resource.index }),
      ...(found.length === 0 ? {} : { additional_columns: columns.map(writtenColumn) }),
    },
    cursor: tsCursor,
    ...(isFollowed ? {} : { isSnapshotOnly: true }),
  };
}

/** A column as in the settings. */
function writtenColumn({ name, path, type, format, airbyte_type, required }: Column): Json {
  return {
    name,
    path: path.map((step) => (typeof step === 'number' ? `[${step}]` : step)),
    type,
    ...(format === undefined ? {} : { format }),
    ...(airbyte_type === undefined ? {} : { airbyte_type }),
    required,
  };
}

/** Columns for what some documents have, beside those that are asked for. */
async function discoveredColumns(
  fauna: Fauna,
  config: FaunaConfig,
  resource: FaunaResource,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<readonly Column[]> {
  const { collection } = resource;
  const settings = streamSettings(config, resource);
  try {
    const page = await samplePage(fauna, collection, { size: sampleSize, hasData: true }, signal);
    const { columns, mixed } = inferColumns(page, settings);
    if (mixed.length > 0) {
      log.info('members of data have values of several types, and no column', {
        collection,
        members: mixed,
      });
    }
    return columns;
  } catch (error) {
    throw within(`collection ${collection}`, failureOf(error, fauna.server));
  }
}

const sampleSize = 256;
