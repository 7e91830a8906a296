import { CommanderError } from 'commander';
import { answerFailure } from './answer-failure.ts';
import { readEnvironment } from './environment.ts';
import { heedSignals } from './interruption.ts';
import { outputTo } from './output.ts';
import { ownVersion } from './own-version.ts';
import { createProgram, verbOf } from './program.ts';
import { Terminal } from './terminal.ts';

await main(process.argv.slice(2));

/** The command: does what `words` say and ends the process with the exit code of how it went. */
async function main(words: readonly string[]): Promise<void> {
  const environment = readEnvironment(process);
  const output = outputTo(process.stdout);
  const terminal = new Terminal(process.stderr);
  const end = (exitCode: number) => process.exit(exitCode);
  const interruption = heedSignals(process, end);
  const help: string[] = [];
  const refusal: string[] = [];
  const program = createProgram({
    version: ownVersion(),
    columns: process.stdout.isTTY ? Math.min(process.stdout.columns, 100) : 80,
    writeHelp: (text) => help.push(text),
    writeRefusal: (text) => refusal.push(text),
    act: (options, work) => work({ environment, output, terminal, interruption, options }),
  });
  const verb = verbOf(program, words);
  const json = words.includes('--json');
  const fail = (error: unknown) => answerFailure(error, { terminal, interruption, verb, json });
  const endWith = async (error: unknown) => end(await fail(error));
  process.on('uncaughtException', (error) => void endWith(error));
  process.on('unhandledRejection', (error) => void endWith(error));

  let exitCode = 0;
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) exitCode = await fail(error);
    else if (error.code === 'commander.help') {
      terminal.line(refusal.join('').trimEnd());
      exitCode = 2;
    } else if (error.exitCode !== 0) exitCode = await fail(error);
  }
  if (help.length > 0) await output.write(help.join('')).catch(endWith);
  // A connector may have left a timer or a socket; the work is done all the same.
  end(exitCode);
}
