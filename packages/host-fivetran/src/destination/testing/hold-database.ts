import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Has a DuckDB file open in a process of its own, which is ended by disposing. */
export async function holdDatabase(path: string): Promise<AsyncDisposable> {
  const program = `
const { DuckDBInstance } = require('@duckdb/node-api');
DuckDBInstance.create(process.argv[1]).then((instance) => {
  globalThis.instance = instance;
  process.stdout.write('open');
  setInterval(() => {}, 1000);
});`;
  const child = spawn(process.execPath, ['-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  });
  await once(child.stdout, 'data');
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
