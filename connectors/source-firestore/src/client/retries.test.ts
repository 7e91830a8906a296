import { GrpcError, Status } from '@fairlead/grpc';
import { silentLog } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { ProtoWriter } from '../wire/protobuf.ts';
import { Retries, type RetriesOptions } from './retries.ts';
import { signal } from './testing/opened.ts';

function tried(options: RetriesOptions = {}) {
  const waits: number[] = [];
  const context = {
    where: 'projects/demo/databases/(default)',
    principal: 'me@demo',
    log: silentLog,
    random: () => 1,
    sleep: async (ms: number) => void waits.push(ms),
    renewToken: () => void waits.push(-1),
    hasAnswered: false,
    isClosed: false,
  };
  const retries = new Retries(context, options);
  const after = (code: Status, details = '') => retries.after(new GrpcError(code, details), signal);
  return { waits, context, retries, after };
}

test('progress begins the count and the waits anew, and makes another token worth while', async () => {
  const { waits, retries, after } = tried({ attempts: 3 });
  for (let round = 0; round < 2; round++) {
    await after(Status.UNAVAILABLE);
    await after(Status.UNAUTHENTICATED);
    await after(Status.RESOURCE_EXHAUSTED);
    retries.progress();
  }
  expect(waits).toEqual([100, -1, 0, 60_000, 100, -1, 0, 60_000]);
  await after(Status.UNAVAILABLE);
  await after(Status.UNAVAILABLE);
  await expect(after(Status.UNAVAILABLE)).rejects.toMatchObject({ kind: 'transient' });
});

test('refusals are counted apart from what passes, and begin anew with progress', async () => {
  const { context, retries, after } = tried();
  await after(Status.PERMISSION_DENIED);
  await after(Status.UNAVAILABLE);
  await after(Status.PERMISSION_DENIED);
  expect(context.hasAnswered).toBe(false);
  retries.progress();
  expect(context.hasAnswered).toBe(true);
  await after(Status.PERMISSION_DENIED);
  await after(Status.PERMISSION_DENIED);
  await expect(after(Status.PERMISSION_DENIED)).rejects.toMatchObject({ kind: 'access' });
});

test('the place of a failure may be that of a binding', async () => {
  const { retries, after } = tried({ where: 'users' });
  await expect(after(Status.INVALID_ARGUMENT)).rejects.toMatchObject({ where: 'users' });
  expect(() => retries.giveUp(new GrpcError(Status.UNAVAILABLE, ''), signal)).toThrow(
    expect.objectContaining({ name: 'Failure', where: 'users' }),
  );
});

test.each([
  [true, [100, 150]],
  [false, []],
])('a time that cannot be read is tried again where it changes: %s', async (repins, expected) => {
  const { waits, after } = tried({ repins });
  const trying = (async () => {
    for (;;) await after(Status.FAILED_PRECONDITION, 'The snapshot version is too old.');
  })();
  await expect(trying).rejects.toMatchObject({ kind: 'state' });
  expect(waits).toEqual(expected);
});

test('a server that says how long to wait is waited for', async () => {
  const delay = new ProtoWriter().message(1, new ProtoWriter().varint(1, 7));
  const any = new ProtoWriter()
    .text(1, 'type.googleapis.com/google.rpc.RetryInfo')
    .message(2, delay);
  const statusDetails = new ProtoWriter().message(3, any).finish();
  const { waits, retries } = tried();
  await retries.after(new GrpcError(Status.UNAVAILABLE, '', { statusDetails }), signal);
  await retries.after(new GrpcError(Status.RESOURCE_EXHAUSTED, '', { statusDetails }), signal);
  expect(waits).toEqual([7000, 60_000]);
});
