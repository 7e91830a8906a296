import {
  settingsSchema,
  type ConnectedMaterialization,
  type Json,
  type Table,
} from '@fairlead/sdk';
import { nameStream, type StreamDescriptor } from '../protocol/stream-id.ts';
import { tableColumns } from './columns.ts';
import { routeOf, type Route } from './generation.ts';
import type { SyncStream } from './sync-stream.ts';
import type { TableMemories } from './table-memory.ts';

/** The tables of a sync, and which of them each stream has. */
export interface SyncTables {
  readonly tables: readonly Table[];
  /** In the order of the streams. */
  readonly places: readonly TablePlace[];
  /** Tables in which an older generation was gathered that nobody will ever complete. */
  readonly abandoned: readonly number[];
}

export interface TablePlace {
  readonly route: Route;
  /** The index of the table that users look at. */
  readonly live: number;
  /** The index of the one that is to replace it, where there is one. */
  readonly beside: number | undefined;
}

/**
 * Where the streams go. A table that is to replace another has the generation in its name, so that a
 * sync finds what an earlier one has gathered for the same generation, and nothing else.
 * @throws {Failure} config
 */
export function syncTables(
  destination: ConnectedMaterialization,
  streams: readonly SyncStream[],
  memories: TableMemories,
): SyncTables {
  const routes = streams.map((stream) => {
    return routeOf(stream, memories[stream.id]?.oldest, stream.where);
  });
  const tables = streams.map((stream) => tableOf(destination, stream, ''));
  const places = streams.map((stream, live): TablePlace => {
    const route = routes[live] ?? { is: 'live' };
    if (route.is === 'live') return { route, live, beside: undefined };
    const beside = tables.push(tableOf(destination, stream, suffixOf(route.generation))) - 1;
    return { route, live, beside };
  });
  const abandoned: number[] = [];
  for (const [index, stream] of streams.entries()) {
    const building = memories[stream.id]?.building;
    const route = routes[index];
    if (building === undefined) continue;
    if (route?.is === 'replacing' && route.generation === building) continue;
    const { resource } = tableOf(destination, stream, suffixOf(building));
    abandoned.push(tables.push({ resource, columns: [], write: 'append', deletes: 'ignore' }) - 1);
  }
  return { tables, places, abandoned };
}

function suffixOf(generation: number | undefined): string {
  return `_airbyte_${generation === undefined ? 'tmp' : `generation_${generation}`}`;
}

function tableOf(
  destination: ConnectedMaterialization,
  { descriptor, where, columns, merges }: SyncStream,
  suffix: string,
): Table {
  return {
    resource: destination.parseResource(resourceOf(destination, descriptor, suffix), where),
    columns: tableColumns(columns),
    write: merges ? 'merge' : 'append',
    deletes: merges ? 'hard' : 'ignore',
  };
}

/** The settings of a table. A namespace is its schema where a destination has such a thing, else part of its name. */
function resourceOf(
  { materialization }: ConnectedMaterialization,
  descriptor: StreamDescriptor,
  suffix: string,
): Json {
  const { name, namespace } = descriptor;
  if (namespace === undefined || namespace === '') {
    return materialization.resourceFor(`${name}${suffix}`);
  }
  const { properties } = settingsSchema(materialization.resource);
  const hasSchema = typeof properties === 'object' && properties !== null && 'schema' in properties;
  if (!hasSchema) return materialization.resourceFor(`${nameStream(descriptor)}${suffix}`);
  const resource = materialization.resourceFor(`${name}${suffix}`);
  return isObject(resource) ? { ...resource, schema: namespace } : resource;
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
