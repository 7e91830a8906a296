import { launchCommand } from '../preview/launch.ts';
import type { CodecName } from '../protocol/codec.ts';

/** What a program is given, and what is done to it. */
export interface ProgramInput {
  readonly command: readonly string[];
  readonly codec: CodecName;
  readonly input: Iterable<Uint8Array>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether nobody reads its output any more after the first of it. */
  readonly closesOutput?: boolean;
}

export interface ProgramEnd {
  readonly code: number | null;
  /** The last line of its log. */
  readonly last: { readonly level?: string; readonly message?: string };
  readonly output: string;
}

/** Runs a program on an input to its end. */
export async function runProgram(given: ProgramInput): Promise<ProgramEnd> {
  const { command, codec, input, env = {}, closesOutput = false } = given;
  let last = '{}';
  const launch = launchCommand(command, { env, onLog: (line) => (last = line) });
  await using running = launch(codec);
  const output: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of running.output) {
      output.push(Buffer.from(chunk));
      if (closesOutput) break;
    }
  })();
  for (const bytes of input) await running.send(bytes);
  if (!closesOutput) running.end();
  const { code } = await running.exited;
  await reading;
  return { code, last: JSON.parse(last), output: Buffer.concat(output).toString() };
}
