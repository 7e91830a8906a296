import { CommanderError } from 'commander';
import { answerFailure } from './answer-failure.ts';
import type { Invocation } from './invocation.ts';
import { ownVersion } from './own-version.ts';
import { createProgram, verbOf } from './program.ts';

/** What a call of the command works with: what surrounds it, but for the options in its words. */
export interface Surroundings extends Omit<Invocation, 'options'> {
  /** How wide help may be. */
  readonly columns: number;
}

/** A call of the command, as its words say. */
export interface Call {
  /** Does what the words say. @returns the exit code. Never rejects. */
  run(): Promise<number>;
  /** Says what went wrong, also where nobody waited for it. @returns the exit code. */
  fail(error: unknown): Promise<number>;
}

/** Reads the words of a command line, without the program's own name. */
export function callOf(words: readonly string[], surroundings: Surroundings): Call {
  const { columns, output, terminal, interruption } = surroundings;
  const help: string[] = [];
  const refusal: string[] = [];
  const program = createProgram({
    version: ownVersion(),
    columns,
    writeHelp: (text) => help.push(text),
    writeRefusal: (text) => refusal.push(text),
    act: (options, work) => work({ ...surroundings, options }),
  });
  const verb = verbOf(program, words);
  const json = words.includes('--json');
  const fail = (error: unknown) => answerFailure(error, { terminal, interruption, verb, json });

  const parse = async (): Promise<number> => {
    try {
      await program.parseAsync(words, { from: 'user' });
      return 0;
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode === 0) return 0;
      if (error.code !== 'commander.help') throw error;
      terminal.line(refusal.join('').trimEnd());
      return 2;
    }
  };
  return {
    fail,
    async run() {
      try {
        const exitCode = await parse();
        if (help.length > 0) await output.write(help.join(''));
        return exitCode;
      } catch (error) {
        return await fail(error);
      }
    },
  };
}
