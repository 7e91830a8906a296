import { choice, duration } from '@fairlead/sdk';
import { z } from 'zod';

const JsonSettings = z
  .object({
    type: z.literal('json'),
    path: z
      .string()
      .regex(/^(\/([^~/]|~[01])*)*$/, 'write a JSON pointer, such as /data/items')
      .default('')
      .meta({
        title: 'Path',
        description:
          'JSON pointer to where your documents are in each value of the file, such as /data/items: an object, or a list of objects.',
      }),
  })
  .meta({
    title: 'JSON',
    description: 'One object after another, as in JSON lines, or lists of objects.',
  });

/** One character, or a word for one that is hard to type. */
const character = z
  .string()
  .regex(
    /^([ -~\t]|tab|space|\\t|0x[01][0-9a-fA-F])$/,
    'write a single ASCII character, tab, or 0x1F',
  )
  .transform((text) => {
    if (text === 'tab' || text === '\\t') return '\t';
    if (text === 'space') return ' ';
    return text.startsWith('0x') && text.length === 4
      ? String.fromCharCode(Number.parseInt(text.slice(2), 16))
      : text;
  });

const CsvSettings = z
  .object({
    type: z.literal('csv'),
    delimiter: character.optional().meta({
      title: 'Delimiter',
      description: 'What separates the fields: a character, tab, or 0x1F. Absent, it is detected.',
    }),
    quote: z
      .union([z.literal('none'), character])
      .optional()
      .meta({
        title: 'Quote',
        description:
          'What may enclose a field: a character, or none if quotes are part of your values. Absent, it is detected.',
      }),
    escape: z
      .union([z.literal('none'), character])
      .optional()
      .meta({
        title: 'Escape',
        description:
          'A character that takes the next one literally, such as a backslash. Doubled quotes need none.',
      }),
    rowEnd: z.enum(['any', 'lf', 'cr', 'record-separator']).optional().meta({
      title: 'Row End',
      description: 'What ends a row outside of quotes. Absent, it is any of CR, LF and CRLF.',
    }),
    header: z.enum(['auto', 'present', 'absent']).default('auto').meta({
      title: 'Header',
      description: 'Whether the first row holds the names of the columns.',
    }),
    columns: z.array(z.string().min(1)).min(1).optional().meta({
      title: 'Columns',
      description:
        'Names of the columns, in order. If you give them, the first row is data unless it repeats them.',
    }),
    typed: z.boolean().default(true).meta({
      title: 'Typed',
      description:
        'Whether numbers and booleans are recognised, column by column. Otherwise all values are strings.',
    }),
    types: z
      .record(z.string(), z.enum(['string', 'integer', 'number', 'boolean']))
      .default({})
      .meta({
        title: 'Types',
        description: 'Types of columns that you do not want to be guessed, by name.',
      }),
    nulls: z.array(z.string()).default([]).meta({
      title: 'Nulls',
      description:
        'Spellings of null where they are not quoted, such as NULL or N/A. An empty field is always null.',
    }),
    encoding: z.string().min(1).optional().meta({
      title: 'Encoding',
      description: 'The encoding of the text, such as windows-1252. Absent, it is detected.',
    }),
    skipLines: z.int().min(0).max(10_000).default(0).meta({
      title: 'Skip Lines',
      description: 'How many lines stand before the header, or before the first row.',
    }),
    comment: character.optional().meta({
      title: 'Comment',
      description: 'A character with which lines begin that you want to be left out.',
    }),
    extraFields: z.enum(['fail', 'keep']).default('fail').meta({
      title: 'Extra Fields',
      description:
        'What becomes of fields beyond the last column: the file fails, or they are kept in _extra.',
    }),
    onBadRow: z.enum(['fail', 'skip']).default('fail').meta({
      title: 'On Bad Row',
      description:
        'What becomes of a row that cannot be read: the file fails there, or the row is left out and counted in the log.',
    }),
  })
  .meta({ title: 'CSV', description: 'Rows of fields, as in CSV and TSV files.' });

const AutoSettings = z.object({ type: z.literal('auto') }).meta({
  title: 'Detect',
  description: 'Recognised for each file by its content, then by its name.',
});

/** What is in the files. */
export const FormatSettings = choice('type', [AutoSettings, CsvSettings, JsonSettings]).meta({
  title: 'Format',
  description: 'What is in your files.',
});
export type FormatSettings = z.infer<typeof FormatSettings>;
export type CsvSettings = z.infer<typeof CsvSettings>;

/** Settings that all file sources share, to be spread into the schema of one. */
export const fileSettings = {
  format: FormatSettings.prefault({ type: 'auto' }),
  compression: z.enum(['auto', 'gzip', 'none']).default('auto').meta({
    title: 'Compression',
    description: 'How your files are compressed. It is recognised by content.',
  }),
  metadata: z
    .union([z.string().min(1), z.literal(false)])
    .default('_meta')
    .meta({
      title: 'Metadata',
      description:
        'Name of the member that says which file and record a document is from, and is its key. With false it is left out: then your documents have no key.',
    }),
  interval: duration(
    'Interval',
    'How long to wait before your files are looked at again, when they are watched.',
  ).prefault('5m'),
  onRemoved: z.enum(['keep', 'delete']).default('keep').meta({
    title: 'On Removed',
    description: 'What becomes of the documents of a file that you remove: kept, or deleted.',
  }),
};

const FileSettings = z.object(fileSettings);
/** {@link fileSettings}, parsed. */
export type FileSettings = z.infer<typeof FileSettings>;
