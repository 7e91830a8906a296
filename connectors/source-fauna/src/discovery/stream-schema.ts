import type { JsonSchema } from '@fairlead/json';
import type { Column } from '../columns.ts';
import type { StreamSettings } from '../settings.ts';

/** JSON pointer of the id of a document, which identifies it in its collection. */
export const refKey = '/ref';

/** JSON pointer of the time of a document's last change, which grows with every change. */
export const tsCursor = '/ts';

/**
 * What the rows of a collection look like. Only `ref` and `ts` are in all of them: a document that was deleted has nothing
 * else but the time of it. What is in `data` is for a host to infer, as most collections have no schema.
 */
export function streamSchema({
  dataColumn,
  columns,
  deletionColumn,
}: Pick<StreamSettings, 'dataColumn' | 'columns' | 'deletionColumn'>): JsonSchema {
  return {
    type: 'object',
    required: ['ref', 'ts'],
    properties: {
      ref: { type: 'string', title: 'Ref', description: 'The id of the document.' },
      ts: {
        type: 'integer',
        title: 'Timestamp',
        description: 'When the document was last changed, in microseconds since 1970.',
      },
      ...(dataColumn
        ? { data: { type: 'object', title: 'Data', description: 'What is in the document.' } }
        : {}),
      ttl: {
        type: ['null', 'string'],
        format: 'date-time',
        title: 'Time To Live',
        description: 'When the database removes the document, if ever.',
      },
      ...(deletionColumn === undefined
        ? {}
        : {
            [deletionColumn]: {
              type: ['null', 'string'],
              format: 'date-time',
              title: 'Deleted At',
              description: 'When the document was deleted; null in one that is there.',
            },
          }),
      ...Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)])),
    },
    'x-infer-schema': true,
  };
}

function columnSchema({ type, format, airbyte_type, required }: Column): JsonSchema {
  return {
    type: required ? type : ['null', type],
    ...(format === undefined ? {} : { format }),
    ...(airbyte_type === undefined ? {} : { airbyte_type }),
  };
}
