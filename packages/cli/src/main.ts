import { askOnTerminal } from './ask-on-terminal.ts';
import { callOf } from './command.ts';
import { readEnvironment } from './environment.ts';
import { heedSignals } from './interruption.ts';
import { outputTo } from './output.ts';
import { Terminal } from './terminal.ts';

const ask = askOnTerminal(process.stdin, process.stderr);
const call = callOf(process.argv.slice(2), {
  environment: readEnvironment(process),
  output: outputTo(process.stdout),
  terminal: new Terminal(process.stderr),
  interruption: heedSignals(process, end),
  ...(ask === undefined ? {} : { ask }),
  columns: process.stdout.isTTY ? Math.min(process.stdout.columns, 100) : 80,
});

process.on('uncaughtException', (error) => void endWith(error));
process.on('unhandledRejection', (error) => void endWith(error));
// A connector may have left a timer or a socket; when the work is done, it is done all the same.
end(await call.run());

async function endWith(error: unknown): Promise<void> {
  end(await call.fail(error));
}

function end(exitCode: number): never {
  process.exit(exitCode);
}
