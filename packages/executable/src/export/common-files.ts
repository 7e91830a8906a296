import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from '../about.ts';
import type { ExportedFile } from '../exported-file.ts';
import { dockerfile, dockerignore } from './dockerfile.ts';
import { documentation } from './documentation.ts';
import { imageOf } from './image.ts';

/** The files that are the same for every platform, as the image is. */
export async function commonFiles(
  connector: Source | Materialization,
  about: About,
): Promise<ExportedFile[]> {
  return [
    { path: 'Dockerfile', text: dockerfile(imageOf(connector, about)) },
    { path: 'Dockerfile.dockerignore', text: dockerignore },
    { path: 'documentation.md', text: documentation(connector, about) },
    ...(await iconOf(about)),
  ];
}

/** The logo, for a package that has one. */
async function iconOf({ folder, icon }: About): Promise<ExportedFile[]> {
  try {
    return [{ path: icon, text: await readFile(join(folder, icon), 'utf8') }];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
