import { buildProgram, randomFrom } from '@fairlead/testkit';
import type { Json } from '@fairlead/sdk';
import { afterAll, expect, test } from 'vitest';
import { captureSession } from '../preview/capture-session.ts';
import { launchCommand } from '../preview/launch.ts';
import { openOf } from '../testing/capture-task.ts';

/** In each codec; together a hundred unless the environment asks for others. */
const kills = Math.ceil(Number(process.env['FAIRLEAD_KILLS'] ?? 100) / 2);
const program = await buildProgram(new URL('../testing/main-capture.ts', import.meta.url));
afterAll(() => program[Symbol.asyncDispose]());

test.concurrent.each(['json', 'proto'] as const)(
  `a capture that is killed ${kills} times, spoken to in %s, gives every document once`,
  async (codec) => {
    const random = randomFrom(codec === 'json' ? 7 : 8);
    const env = { TEST_BATCHES: String(12 * kills) };
    const connector = { launch: launchCommand(program.command, { env }), codec };
    const { capture } = openOf(['users']);
    const documents: string[] = [];
    let state: Json = {};
    let killed = 0;
    for (let isDone = false; !isDone;) {
      const begun: string[] = [];
      // Leaving the loop kills the process, wherever it is by then.
      let left = killed < kills ? random.integer(1, 24) : Infinity;
      const range = { begin: 0, end: 0xffff_ffff };
      const events = captureSession({ connector, capture, range, state });
      for await (const event of events) {
        if (event.is === 'documents') {
          begun.push(...Buffer.from(event.documents.bytes).toString().trimEnd().split('\n'));
        } else if (event.is === 'checkpoint') {
          documents.push(...begun.splice(0));
          state = event.state;
          isDone = documents.length >= 12 * kills;
        }
        if (isDone || --left === 0) break;
      }
      if (!isDone) killed++;
    }
    expect(killed).toBe(kills);
    expect(documents).toEqual(Array.from({ length: 12 * kills }, (_, id) => `{"id":${id}}`));
  },
  60_000 + kills * 4_000,
);
