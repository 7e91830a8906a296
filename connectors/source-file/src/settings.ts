import { fileSettings, FormatSettings } from '@fairlead/file-capture';
import { z } from 'zod';

const Paths = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const NamedStream = z.object({
  name: z.string().min(1).meta({ title: 'Name', description: 'What the stream is called.' }),
  paths: Paths.meta({
    title: 'Paths',
    description: 'The files of this stream: a path or pattern, or a list of them.',
  }),
  format: FormatSettings.optional().meta({
    title: 'Format',
    description: 'What is in these files, if it differs from the others.',
  }),
  compression: z.enum(['auto', 'gzip', 'none']).optional().meta({
    title: 'Compression',
    description: 'How these files are compressed, if it differs from the others.',
  }),
});

/** Which files to read, and how. */
export const FileConfig = z
  .object({
    paths: z
      .union([z.string(), z.array(z.string().min(1))])
      .default([])
      .meta({
        title: 'Paths',
        description:
          'The files that you want to read: a file, a folder with all that is in it, or a pattern with *, ?, [abc], {a,b} and **; or a list of them.',
      }),
    root: z.string().min(1).optional().meta({
      title: 'Root',
      description:
        'The folder that your paths begin in, and that files are named from. By default the one that the process runs in.',
    }),
    ...fileSettings,
    streams: z.array(NamedStream).default([]).meta({
      title: 'Streams',
      description: 'Streams that you make up yourself. All other files are grouped by their names.',
    }),
    followSymlinks: z.boolean().default(false).meta({
      title: 'Follow Symlinks',
      description: 'Whether links to folders are walked into. Links to files are always followed.',
    }),
  })
  .refine(({ paths, streams }) => paths.length > 0 || streams.length > 0, {
    path: ['paths'],
    message: 'name at least one file, folder or pattern',
  })
  .refine(({ streams }) => new Set(streams.map(({ name }) => name)).size === streams.length, {
    path: ['streams'],
    message: 'two streams have the same name',
  })
  .refine(({ metadata, onRemoved }) => metadata !== false || onRemoved === 'keep', {
    path: ['onRemoved'],
    message: 'documents can only be deleted by their key: set metadata to a name',
  });
export type FileConfig = z.infer<typeof FileConfig>;

/** The settings of one binding. */
export const FileResource = z.object({
  stream: z.string().min(1).meta({
    title: 'Stream',
    description: 'The stream that you want to read, as it was discovered.',
  }),
});
export type FileResource = z.infer<typeof FileResource>;
