import type { JsonSchema } from '@fairlead/json';

/** JSON pointer of the full name of a document, which identifies it. */
export const nameKey = '/_meta/path';

/** JSON pointer of the time of a document's last change, which grows with every change. */
export const changeCursor = '/_meta/mtime';

/**
 * What documents of every collection have in common: `_meta`. A later version takes the place of an earlier one; fields
 * are for a host to infer, as no collection has a schema.
 */
export function documentSchemaOf(): JsonSchema {
  return {
    type: 'object',
    required: ['_meta'],
    properties: {
      _meta: {
        type: 'object',
        required: ['path', 'mtime'],
        properties: {
          path: {
            type: 'string',
            title: 'Path',
            description: 'The full name of the document.',
          },
          ctime: {
            type: 'string',
            format: 'date-time',
            title: 'Creation Time',
            description: 'When the document was created; absent from one that was deleted.',
          },
          mtime: {
            type: 'string',
            format: 'date-time',
            title: 'Modification Time',
            description: 'When the document was last changed or deleted.',
          },
          delete: {
            type: 'boolean',
            title: 'Delete Flag',
            description: 'True when the document was deleted; it then has nothing but this.',
          },
          snapshot: {
            type: 'boolean',
            title: 'Snapshot Flag',
            description: 'True when the document was read as it was, and not as it changed.',
          },
        },
      },
    },
    reduce: { strategy: 'maximize', key: [changeCursor] },
    'x-infer-schema': true,
  };
}
