import { callOf } from '../command.ts';
import { readEnvironment } from '../environment.ts';
import { outputTo } from '../output.ts';
import { Terminal } from '../terminal.ts';
import { fairlead, type CommandOptions, type Ended } from './run-command.ts';

/**
 * Calls `fairlead` with these words within this process. No person watches, but one answers
 * questions where `answer` is given.
 */
export async function callCommand(
  words: readonly string[],
  { folder, variables = {}, answer }: CommandOptions & { readonly answer?: string },
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write(chunk: string | Uint8Array, done?: (error?: Error | null) => void) {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      done?.();
      return true;
    },
    on: () => undefined,
  });
  const folderBefore = process.cwd();
  process.chdir(folder);
  try {
    const call = callOf(words, {
      environment: readEnvironment({
        env: { FAIRLEAD_STATE: '.state', ...variables },
        platform: 'linux',
        cwd: () => folder,
        stderr: {},
      }),
      self: fairlead,
      output: outputTo(stream('stdout')),
      terminal: new Terminal(stream('stderr')),
      interruption: {
        stop: new AbortController().signal,
        now: new AbortController().signal,
        exitCode: 130,
        isGentle: false,
        stopGently: () => {},
      },
      columns: 80,
      ...(answer === undefined
        ? {}
        : {
            ask: async (question: string) => {
              written.stderr += question;
              return answer;
            },
          }),
    });
    return { exitCode: await call.run(), ...written };
  } finally {
    process.chdir(folderBefore);
  }
}
