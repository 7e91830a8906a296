import { isatty } from 'node:tty';
import {
  describeFailure,
  exitCode,
  isFailure,
  type Materialization,
  type Source,
} from '@fairlead/sdk';
import type { About } from './about.ts';
import { planCall } from './plan-call.ts';

/**
 * Runs a connector as this process, and ends it: without arguments as a process of Estuary Flow, with
 * a command as a program of Airbyte. It is what an executable calls, and does nothing else afterwards.
 *
 * Whatever is wrong before a platform's protocol begins is one line on standard error, with the exit
 * code of its kind.
 */
export async function runConnector(
  connector: Source | Materialization,
  about: About | Promise<About>,
  args: readonly string[] = process.argv.slice(2),
): Promise<never> {
  try {
    const known = await about;
    // Not `process.stdin`, whose getter would make the descriptor one that does not block.
    const call = planCall(connector, known, args, isatty(0));
    switch (call.is) {
      case 'flow':
        // Hosts are loaded only when it is their turn: platforms start a connector often.
        return await (await import('./run-flow.ts')).runFlow(connector, known);
      case 'airbyte':
        return await (await import('./run-airbyte.ts')).runAirbyte(connector, known, args);
      case 'tell':
        return await end(0, process.stdout, call.text);
      case 'refuse':
        return await end(2, process.stderr, call.text);
    }
  } catch (error) {
    const line = isFailure(error) ? describeFailure(error) : stackOf(error);
    return await end(exitCode(error), process.stderr, `${connector.name}: ${line}\n`);
  }
}

/** Ends the process when the text is written, or nobody reads it. */
async function end(code: number, stream: NodeJS.WriteStream, text: string): Promise<never> {
  await new Promise<void>((resolve) => {
    stream.once('error', () => resolve());
    stream.write(text, () => resolve());
  });
  return process.exit(code);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
