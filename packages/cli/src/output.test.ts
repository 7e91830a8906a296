import { expect, test } from 'vitest';
import { OutputClosed, outputTo } from './output.ts';

/** A stream whose writes end as told. */
function streamThat(answer: (done: (error?: Error | null) => void) => void) {
  const written: (string | Uint8Array)[] = [];
  return {
    written,
    write(chunk: string | Uint8Array, done: (error?: Error | null) => void) {
      written.push(chunk);
      answer(done);
      return true;
    },
    on: () => undefined,
  };
}

test('a write resolves when the system has taken it', async () => {
  let finish = () => {};
  const stream = streamThat((done) => (finish = () => done(null)));
  let taken = false;
  const writing = outputTo(stream)
    .write('text')
    .then(() => (taken = true));
  await Promise.resolve();
  expect(taken).toBe(false);
  finish();
  await writing;
  expect(stream.written).toEqual(['text']);
});

test.each(['EPIPE', 'ERR_STREAM_DESTROYED', 'EOF'])(
  'a reader that has left is known by %s',
  async (code) => {
    const stream = streamThat((done) => done(Object.assign(new Error('gone'), { code })));
    await expect(outputTo(stream).write('text')).rejects.toThrow(OutputClosed);
  },
);

test('any other error is passed on', async () => {
  const error = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  const stream = streamThat((done) => done(error));
  await expect(outputTo(stream).write('text')).rejects.toBe(error);
});
