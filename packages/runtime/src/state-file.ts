import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '@fairlead/sdk';

/** What the host keeps for a destination that keeps no checkpoint itself. */
interface SavedState {
  readonly pipeline: string;
  readonly checkpoint: string;
  /** What a `staged` destination returned from that commit, until it is acknowledged and after. */
  readonly commit: Json;
}

/** One file for each pipeline, replaced as a whole: after a crash it is the old or the new one. */
export interface StateFile {
  read(): SavedState | undefined;
  write(state: SavedState): Promise<void>;
  remove(): void;
}

export function stateFile(stateFolder: string, name: string, identity: string): StateFile {
  const folder = join(stateFolder, 'state');
  const digest = createHash('sha256').update(`${name}\0${identity}`).digest('hex').slice(0, 24);
  const path = join(folder, `${digest}.json`);
  return {
    read() {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as SavedState;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(state) {
      mkdirSync(folder, { recursive: true });
      const scratch = `${path}.${randomUUID()}`;
      const file = await open(scratch, 'wx');
      try {
        await file.writeFile(JSON.stringify(state));
        await file.sync();
      } finally {
        await file.close();
      }
      renameSync(scratch, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}
