import { parsePointer } from '@fairlead/json';
import type { Json, StreamInfo } from '@fairlead/sdk';
import type { ConfiguredStream } from '../protocol/configured-catalog.ts';
import { catalogSchema } from './catalog-schema.ts';
import { changeFields, changeFieldSchemas } from './change-fields.ts';

/** What has to be known of a stream to read it. */
export interface StreamTerms {
  /** The settings of its binding. */
  readonly resource: Json;
  /** Whether its records have the {@link changeFields}. */
  readonly changes: boolean;
}

/**
 * A stream as a catalog offers it. Every stream of which changes are told can be read incrementally,
 * from a position that is the source's own; every stream can be resumed. Its schema carries its
 * {@link StreamTerms}, so that a platform hands them back with the stream and reading it takes no
 * second discovery.
 */
export function catalogStream(info: StreamInfo): Readonly<Record<string, unknown>> {
  const { changes, resource } = termsOf(info);
  const key = fieldsOfKey(info);
  const schema = catalogSchema(info.schema, new Set(key));
  const cursor = changes
    ? [changeFields.cursor]
    : info.cursor === undefined
      ? []
      : [...parsePointer(info.cursor)];
  return {
    name: info.name,
    json_schema: {
      ...schema,
      properties: {
        ...(schema['properties'] as object),
        ...(changes ? changeFieldSchemas : {}),
      },
      [termsKeyword]: { resource, changes },
    },
    supported_sync_modes: ['full_refresh', ...(info.isSnapshotOnly ? [] : ['incremental'])],
    source_defined_cursor: true,
    ...(cursor.length === 0 ? {} : { default_cursor_field: cursor }),
    ...(key.length === 0 ? {} : { source_defined_primary_key: key.map((name) => [name]) }),
    is_resumable: true,
  };
}

/** The terms of a stream that was discovered. */
export function termsOf(info: StreamInfo): StreamTerms {
  const { resource, schema } = info;
  const members = schema['properties'];
  const taken =
    typeof members === 'object' &&
    members !== null &&
    Object.values(changeFields).some((field) => Object.hasOwn(members, field));
  return { resource, changes: fieldsOfKey(info).length > 0 && !taken };
}

/**
 * The fields that are the key of a stream; none when one of its members is inside of a field, as
 * destinations take fields only, and hosts refuse to read a stream with such a key at all.
 */
function fieldsOfKey({ key }: StreamInfo): readonly string[] {
  const paths = key.map(parsePointer);
  return paths.some(({ length }) => length !== 1) ? [] : paths.flat();
}

/** The terms that a platform handed back; undefined when the stream is from another catalog. */
export function termsIn({ stream }: ConfiguredStream): StreamTerms | undefined {
  const terms = stream.json_schema?.[termsKeyword];
  if (typeof terms !== 'object' || terms === null) return undefined;
  if (!('resource' in terms) || !('changes' in terms)) return undefined;
  // It came from JSON, and `resource` is parsed by the source's own schema later.
  return { resource: terms.resource as Json, changes: terms.changes === true };
}

const termsKeyword = 'x-fairlead';
