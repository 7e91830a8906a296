import { execFileSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { tempFolder } from '@fairlead/testkit';

/** The two ends of a new pipe of the system. Whoever uses an end closes it. */
export interface Pipe {
  readonly reader: number;
  readonly writer: number;
}

/** Opens a pipe. With `blocking: false`, writes answer EAGAIN when it is full. */
export async function openPipe({ blocking = true } = {}): Promise<Pipe> {
  await using folder = await tempFolder();
  const path = folder.join('pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
  const reader = openSync(path, O_RDONLY | O_NONBLOCK);
  return { reader, writer: openSync(path, blocking ? O_WRONLY : O_WRONLY | O_NONBLOCK) };
}
