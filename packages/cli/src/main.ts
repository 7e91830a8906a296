import { CommanderError } from 'commander';
import { readEnvironment } from './environment.ts';
import { heedSignals } from './interruption.ts';
import { outputTo } from './output.ts';
import { createProgram } from './program.ts';
import { answerFailure } from './answer-failure.ts';
import { ownVersion } from './own-version.ts';
import { Terminal } from './terminal.ts';

await main(process.argv.slice(2));

/** The command: does what `words` say and ends the process with the exit code of how it went. */
async function main(words: readonly string[]): Promise<void> {
  const environment = readEnvironment(process);
  const output = outputTo(process.stdout);
  const terminal = new Terminal(process.stderr);
  const end = (exitCode: number) => process.exit(exitCode);
  const interruption = heedSignals(process, end);
  const fail = (error: unknown) => answerFailure(error, { terminal, interruption, words });
  const endWith = async (error: unknown) => end(await fail(error));
  process.on('uncaughtException', (error) => void endWith(error));
  process.on('unhandledRejection', (error) => void endWith(error));

  const help: string[] = [];
  const program = createProgram({
    version: ownVersion(),
    columns: process.stdout.isTTY ? Math.min(process.stdout.columns, 100) : 80,
    writeHelp: (text) => help.push(text),
    act: (options, work) => work({ environment, output, terminal, interruption, options }),
  });
  let exitCode = 0;
  try {
    await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => {
      if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
    });
    if (help.length > 0) await output.write(help.join(''));
  } catch (error) {
    exitCode = await fail(error);
  }
  // A connector may have left a timer or a socket; the work is done all the same.
  end(exitCode);
}
