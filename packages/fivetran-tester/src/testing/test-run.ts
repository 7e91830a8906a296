import { readFile } from 'node:fs/promises';
import { tempFolder } from '@fairlead/testkit';
import type { Target } from '@fairlead/grpc';
import {
  trySource,
  type SourceReport,
  type SourceTestOptions,
} from '../source-tester/try-source.ts';
import { Warehouse } from '../warehouse/warehouse.ts';

/** A folder in which a source is tested, once or again. */
export interface TestRuns extends AsyncDisposable {
  readonly warehouse: string;
  readonly state: string;
  run(target: Target, options?: Partial<SourceTestOptions>): Promise<SourceReport>;
  /** What a query sees in the file. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  savedState(): Promise<unknown>;
}

export async function testRuns(): Promise<TestRuns> {
  const folder = await tempFolder();
  const [warehouse, state] = [folder.join('files/warehouse.db'), folder.join('files/state.json')];
  return {
    warehouse,
    state,
    run: (target, options = {}) =>
      trySource({ target, configuration: {}, warehouse, state, ...options }),
    async query(sql) {
      await using file = await Warehouse.open(warehouse);
      return await file.query(sql);
    },
    savedState: async () => JSON.parse(await readFile(state, 'utf8')),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
