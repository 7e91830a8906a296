import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = new URL('../../../../', import.meta.url);

/** The connectors of this repository. */
export const connectors = [
  { name: 'source-fauna', isSource: true },
  { name: 'source-file', isSource: true },
  { name: 'source-firestore', isSource: true },
  { name: 'materialize-duckdb', isSource: false },
  { name: 'materialize-null', isSource: false },
] as const;

/** The folder of a connector, as a path. */
export function folderOf(name: string): string {
  return fileURLToPath(new URL(`connectors/${name}`, root));
}

/** The text of a file of a connector. */
export function textOf(name: string, file: string): string {
  return readFileSync(new URL(`connectors/${name}/${file}`, root), 'utf8');
}
