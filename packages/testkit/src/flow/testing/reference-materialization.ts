import type { CommitPattern } from '@fairlead/sdk';
import { memoryDestination, type MemoryDestination } from '../../memory-destination.ts';
import { memoryDisk, type MemoryDisk, storedRows } from '../../memory-disk.ts';
import type { FlowMaterializationSuite } from '../materialization-options.ts';

/** The suite of a destination in memory, which is empty for every check. */
export function referenceMaterialization(
  commits: CommitPattern,
): FlowMaterializationSuite & { readonly materialization: MemoryDestination } {
  let disk: MemoryDisk = memoryDisk();
  const memory = memoryDestination({ commits });
  // Every connection is one to the disk of the check.
  const connect: typeof memory.connect = (scope) =>
    memoryDestination({ commits, disk }).connect(scope);
  return {
    materialization: { ...memory, connect },
    async prepare() {
      disk = memoryDisk();
      return {
        settings: {},
        async readTable(name) {
          return storedRows(disk, name)?.map(({ values }) => values) ?? null;
        },
      };
    },
  };
}
