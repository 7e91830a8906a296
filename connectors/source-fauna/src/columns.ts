import { z } from 'zod';

/** What every row has, whatever its document: no other column may have these names. */
const reserved: ReadonlySet<string> = new Set(['ref', 'ts', 'data', '_meta']);

const positionForm = /^\[(0|[1-9][0-9]{0,8})\]$/;

const ColumnName = z
  .string()
  .min(1)
  .refine((name) => !reserved.has(name), {
    error: ({ input }) => `additional column cannot have reserved name '${String(input)}'`,
  });

/** The name of the column that says when a document was deleted. */
export const DeletionColumn = z
  .string()
  .min(1)
  .refine((name) => !reserved.has(name) && name !== 'ttl', {
    error: ({ input }) => `the deletion column cannot have reserved name '${String(input)}'`,
  })
  .meta({
    title: 'Deleted At Column',
    description:
      'The column that you want to hold the time at which a document was deleted; it is null in documents that are there.',
  });

const Column = z.object({
  name: ColumnName.meta({
    title: 'Name',
    description:
      'What you want to call the column. It cannot be data, ref or ts, and ttl takes the place of the column of that name.',
  }),
  path: z
    .array(z.string())
    .min(1)
    .transform((steps) =>
      steps.map((step): string | number => {
        const position = positionForm.exec(step)?.[1];
        return position === undefined ? step : Number(position);
      }),
    )
    .meta({
      title: 'Path',
      description:
        'Where the value is in your documents: the names of the members on the way to it, which begins with data unless you mean ref, ts or ttl. A number in brackets, as in [0], is a place in an array.',
    }),
  type: z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array']).meta({
    title: 'Type',
    description: 'The JSON Schema type of your values.',
  }),
  format: z.string().optional().meta({
    title: 'Format',
    description: 'The JSON Schema format of your values, such as date-time.',
  }),
  airbyte_type: z.string().optional().meta({
    title: 'Airbyte Type',
    description: 'The Airbyte type of your values, such as timestamp_without_timezone.',
  }),
  required: z.boolean().default(true).meta({
    title: 'Required',
    description:
      'Whether you want to be stopped by a document that has no such value; otherwise its column is null.',
  }),
});

/** A column of its own for a value inside of documents. A number in `path` is a place in an array. */
export type Column = z.infer<typeof Column>;

/** Columns with names of their own. */
export const AdditionalColumns = z
  .array(Column)
  .superRefine((columns, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of columns.entries()) {
      if (seen.has(name)) {
        const message = `additional columns cannot have duplicate name '${name}'`;
        context.addIssue({ code: 'custom', path: [index, 'name'], message });
      }
      seen.add(name);
    }
  })
  .meta({
    title: 'Additional Columns',
    description:
      'Values inside of your documents that you want in columns of their own, beside ref, ts and data.',
  });

/** Whether a step of a path means a place in an array. */
export function isPosition(step: string): boolean {
  return positionForm.test(step);
}

/** Whether a name is free for a column that is made without being asked for. */
export function isFreeName(name: string, deletionColumn: string | undefined): boolean {
  return name !== '' && name !== 'ttl' && name !== deletionColumn && !reserved.has(name);
}
