import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildProgram } from '@fairlead/testkit';
import { afterAll, expect, test } from 'vitest';
import { captureRequests, type CaptureRequestDraft } from './protocol/capture-messages.ts';
import { jsonText } from './protocol/json-text.ts';
import { messageWriter } from './protocol/message-writer.ts';
import { openOf } from './testing/capture-task.ts';

const program = await buildProgram(new URL('testing/main-capture.ts', import.meta.url));
afterAll(() => program[Symbol.asyncDispose]());

/** A capture as a process that speaks JSON, with its first requests on their way. */
function start(env: Readonly<Record<string, string>>, ...requests: readonly CaptureRequestDraft[]) {
  const [node, main] = program.command;
  const child = spawn(node, [main], {
    env: { ...process.env, FLOW_RUNTIME_CODEC: 'json', ...env },
  });
  const writer = messageWriter<CaptureRequestDraft>(captureRequests, 'json');
  for (const request of requests) child.stdin.write(Buffer.from(writer.encode(request)));
  const said = { output: '', log: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.log += chunk.toString()));
  return { child, said };
}

const lastRecord = (log: string): unknown => JSON.parse(log.trimEnd().split('\n').at(-1) ?? '');

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends a session between sequences', async (signal) => {
  const { child, said } = start({}, openOf(['users']));
  await expect.poll(() => said.output, { timeout: 20_000 }).toContain('{"checkpoint":{}}');
  child.kill(signal);
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(said.output.trimEnd().split('\n').at(-1)).toMatch(/^\{"checkpoint":/);
});

test('a standard output that nobody reads any more ends the process with a failure', async () => {
  const { child, said } = start({ TEST_BATCHES: '100000' }, openOf(['users']));
  await expect.poll(() => said.output, { timeout: 20_000 }).not.toBe('');
  child.stdout.destroy();
  expect(await once(child, 'close')).toEqual([4, null]);
  expect(lastRecord(said.log)).toMatchObject({
    level: 'error',
    message: 'the reader of the output has gone away',
  });
});

test('everything that was answered is written before the process ends', async () => {
  const { child, said } = start(
    {},
    { is: 'spec', config: jsonText({}) },
    { is: 'discover', config: jsonText({}) },
  );
  child.stdin.end();
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(said.output.split('\n').map((line) => line.slice(0, 8))).toEqual([
    '{"spec":',
    '{"discov',
    '',
  ]);
});

test('a codec that nobody knows is refused', async () => {
  const { child, said } = start({ FLOW_RUNTIME_CODEC: 'xml' });
  expect((await once(child, 'close'))[0]).not.toBe(0);
  expect(said.log).toContain('there is no codec "xml"');
});

test('records below the level that the environment asks for are left out', async () => {
  const { child, said } = start({ LOG_LEVEL: 'error' }, openOf([]));
  child.stdin.end();
  await once(child, 'close');
  expect(said.log).not.toContain('Capture started');
});
