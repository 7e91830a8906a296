import { Messages, type AirbyteIo } from '@fairlead/host-airbyte';
import type { Lines } from '@fairlead/json';
import type { Run, Serve } from './program.ts';
import { transcriptOf, type Transcript } from './transcript.ts';

/** Does a command in this process. */
export async function runInProcess(
  serve: Serve,
  args: readonly string[],
  { input = [], onLine, kill }: Run,
): Promise<Transcript> {
  let stdout = '';
  let stderr = '';
  let seen = 0;
  const output: AirbyteIo['output'] = {
    write(bytes) {
      stdout += Buffer.from(bytes).toString();
      for (let end = stdout.indexOf('\n', seen); end >= 0; end = stdout.indexOf('\n', seen)) {
        onLine?.(stdout.slice(seen, end));
        seen = end + 1;
      }
      return undefined;
    },
    flush: async () => {},
    close: async () => {},
  };
  const io: AirbyteIo = {
    output,
    messages: new Messages(output),
    complain: (text) => void (stderr += text),
    signal: new AbortController().signal,
  };
  const end = await serve(args, io, linesOf(input, kill));
  return transcriptOf(end, stdout, stderr);
}

/** Texts as lines of the reader's own. */
async function* linesOf(
  input: NonNullable<Run['input']>,
  kill: AbortSignal | undefined,
): AsyncGenerator<Lines, void, undefined> {
  for await (const text of input) {
    kill?.throwIfAborted();
    const bytes = Buffer.from(`${text}\n`);
    yield { bytes, ends: Uint32Array.of(bytes.length) };
  }
  kill?.throwIfAborted();
}
