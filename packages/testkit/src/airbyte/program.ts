import { basename } from 'node:path';
import type { AirbyteIo } from '@fairlead/host-airbyte';
import type { Lines } from '@fairlead/json';
import type { TempFolder } from '../temp-folder.ts';
import { tempFolder } from '../temp-folder.ts';
import { inTime } from '../check.ts';
import { runExecutable } from './run-executable.ts';
import { runInProcess } from './run-in-process.ts';
import type { Transcript } from './transcript.ts';

/** A connector as a platform meets it: something that does one command and ends. */
export type AirbyteProgram =
  /** An executable and its first arguments. */
  | { readonly command: readonly string[]; readonly env?: Readonly<Record<string, string>> }
  /** A function that does a command in this process, and answers its exit code. */
  | { readonly serve: Serve };

export type Serve = (
  args: readonly string[],
  io: AirbyteIo,
  input: AsyncIterable<Lines>,
) => Promise<number>;

/** What a connector or program is called in the titles of tests. */
export function nameOfProgram(program: AirbyteProgram | { readonly name: string }): string {
  if ('name' in program) return program.name;
  return 'command' in program ? basename(program.command.at(-1) ?? '') : 'a function';
}

/** One run of a program. */
export interface Run {
  /** The words before the files: `read`. */
  readonly words: readonly string[];
  /** Contents of the files it is given. A text is written as it is, anything else as JSON. */
  readonly files?: Readonly<Partial<Record<'config' | 'catalog' | 'state', unknown>>>;
  /** What it is given on standard input. */
  readonly input?: AsyncIterable<string> | readonly string[];
  /** Called for each line when it is written. */
  readonly onLine?: (line: string) => void;
  /** Kills an executable; a function sees its input fail. */
  readonly kill?: AbortSignal;
  /** Ends it as a platform does, when the first line was written. */
  readonly terminate?: boolean;
  readonly patienceMs?: number;
}

/** Runs a program once. The names of its files do not end in `.json`, as platforms do not promise it. */
export async function runProgram(program: AirbyteProgram, run: Run): Promise<Transcript> {
  await using folder = await tempFolder();
  const args = [...run.words, ...(await writeFiles(folder, run.files ?? {}))];
  const running =
    'serve' in program ? runInProcess(program.serve, args, run) : runExecutable(program, args, run);
  return await inTime(running, run.words.join(' '), run.patienceMs ?? 60_000);
}

async function writeFiles(folder: TempFolder, files: NonNullable<Run['files']>): Promise<string[]> {
  const args: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    args.push(`--${name}`, await folder.write(`${name}.txt`, text));
  }
  return args;
}
