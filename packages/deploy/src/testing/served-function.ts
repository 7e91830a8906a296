import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort } from '@fairlead/testkit';

/** A function that Google's functions framework serves. Disposing it ends the process. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  /** What it has written so far. */
  log(): string;
}

/** Serves the function `main` of a folder as Google Cloud does, in a process of its own. */
export async function serveFolder(
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const port = await freePort();
  const index = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const words = [join(dirname(index), 'main.js'), '--target=main', `--source=${folder}`];
  const child = spawn(process.execPath, ['--import', onLoopback, ...words, `--port=${port}`], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...variables },
  });
  let log = '';
  child.stdout.on('data', (text: Buffer) => (log += text.toString()));
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`the framework has ended: ${log}`);
  }
  return {
    url,
    log: () => log,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** The framework listens everywhere, and cannot be asked not to. */
const onLoopback = `data:text/javascript,${encodeURIComponent(`
  import { Server } from 'node:net';
  const { listen } = Server.prototype;
  Server.prototype.listen = function (port, ...rest) {
    return listen.call(this, { port: Number(port), host: '127.0.0.1' }, ...rest);
  };
`)}`;

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/robots.txt`).then(
    () => true,
    () => false,
  );
}
