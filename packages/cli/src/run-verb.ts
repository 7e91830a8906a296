import { askOnTerminal } from './ask-on-terminal.ts';
import { callOf } from './command.ts';
import { readEnvironment } from './environment.ts';
import { heedSignals } from './interruption.ts';
import { outputTo } from './output.ts';
import { Terminal } from './terminal.ts';

/** Does what the words of a command line say, and ends the process. */
export async function runVerb(words: readonly string[]): Promise<never> {
  const ask = askOnTerminal(process.stdin, process.stderr);
  const call = callOf(words, {
    environment: readEnvironment(process),
    self: [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)],
    output: outputTo(process.stdout),
    terminal: new Terminal(process.stderr),
    interruption: heedSignals(process, end),
    ...(ask === undefined ? {} : { ask }),
    columns: process.stdout.isTTY ? Math.min(process.stdout.columns, 100) : 80,
  });
  const endWith = async (error: unknown) => end(await call.fail(error));
  process.on('uncaughtException', (error) => void endWith(error));
  process.on('unhandledRejection', (error) => void endWith(error));
  // A connector may have left a timer or a socket; when the work is done, it is done all the same.
  return end(await call.run());
}

function end(exitCode: number): never {
  process.exit(exitCode);
}
