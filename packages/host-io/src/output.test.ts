import { closeSync, openSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { tempFolder } from '@fairlead/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOutputClosed, openOutput } from './output.ts';
import { readChunks } from './read-chunks.ts';
import { openPipe } from './testing/pipe.ts';
import { exitOf, startScript } from './testing/run-script.ts';

const text = (length: number, seed = 0) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + seed) % 251));

async function readAll(fd: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks(fd)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('bytes', () => {
  test('arrive in order, whatever the sizes of writes and buffers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(200_000), { maxLength: 12 }),
        fc.integer({ min: 1, max: 70_000 }).map((size) => Math.max(size, 64)),
        fc.boolean(),
        async (sizes, bufferBytes, blocking) => {
          const parts = sizes.map((size, index) => text(size, index));
          const { reader, writer } = await openPipe({ blocking });
          const read = readAll(reader);
          const output = openOutput(writer, { bufferBytes });
          for (const part of parts) await output.write(part);
          await output.close();
          expect(Buffer.compare(await read, Buffer.concat(parts))).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('keep their order when nobody waits for the writes', async () => {
    const parts = [text(5_000, 1), text(10, 2), text(100_000, 3), text(1, 4)];
    const { reader, writer } = await openPipe();
    const output = openOutput(writer, { bufferBytes: 1_000 });
    for (const part of parts) void output.write(part);
    const read = readAll(reader);
    await output.close();
    expect(Buffer.compare(await read, Buffer.concat(parts))).toBe(0);
  });

  test('may be changed by their owner after a write that asked for no wait', async () => {
    const { reader, writer } = await openPipe();
    const output = openOutput(writer);
    const bytes = Buffer.from('before');
    expect(output.write(bytes)).toBeUndefined();
    bytes.fill('x');
    await output.close();
    expect(String(await readAll(reader))).toBe('before');
  });

  test('reach the reader without a flush', async () => {
    const { reader, writer } = await openPipe();
    const output = openOutput(writer);
    void output.write(Buffer.from('soon'));
    const chunks = readChunks(reader);
    expect(String((await chunks.next()).value)).toBe('soon');
    await chunks.return();
    await output.close();
  });

  test('go into a file at its position', async () => {
    await using folder = await tempFolder();
    const path = await folder.write('out', 'first\n');
    const output = openOutput(openSync(path, 'a'));
    await output.write(Buffer.from('second\n'));
    await output.close();
    expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
  });
});

describe('a slow reader', () => {
  test('makes the writer wait, and no more than the buffers and the pipe hold is taken', async () => {
    const { reader, writer } = await openPipe();
    const output = openOutput(writer, { bufferBytes: 4_096 });
    const part = text(1_000);
    let taken = 0;
    let full: Promise<void> | undefined;
    while ((full = output.write(part)) === undefined) {
      taken += part.length;
      await turn();
    }
    // A pipe of Linux holds 64 KiB.
    expect(taken).toBeLessThanOrEqual(2 * 4_096 + 65_536);
    const read = readAll(reader);
    await full;
    await output.close();
    expect((await read).length).toBe(taken + part.length);
  });

  test('gets everything from a process that ends as soon as it has written', async () => {
    const child = startScript(`
      const output = io.openOutput(1);
      const part = Buffer.alloc(1_000_000, 'a');
      for (let index = 0; index < 40; index++) await output.write(part);
      await output.close();
      process.exit(0);
    `);
    let length = 0;
    for await (const chunk of child.stdout ?? []) {
      length += chunk.length;
      await turn();
    }
    expect(length).toBe(40_000_000);
  });
});

describe('a reader that has gone', () => {
  test('fails the writes that follow, plainly', async () => {
    const { reader, writer } = await openPipe();
    const output = openOutput(writer, { bufferBytes: 16 });
    closeSync(reader);
    const failure = await output.write(text(100))?.catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'Failure',
      kind: 'transient',
      message: 'the reader of the output has gone away',
    });
    expect(isOutputClosed(failure)).toBe(true);
    await expect(output.write(text(1))).rejects.toBe(failure);
    await expect(output.flush()).rejects.toBe(failure);
    await expect(output.close()).rejects.toBe(failure);
    // The descriptor was closed all the same.
    expect(() => closeSync(writer)).toThrow('EBADF');
  });

  test('does not end the process by itself', async () => {
    const child = startScript(`
      const output = io.openOutput(1);
      let closed = false;
      while (!closed) await output.write(Buffer.alloc(100_000))?.catch((e) => (closed = io.isOutputClosed(e)));
      process.exit(7);
    `);
    child.stdout?.destroy();
    expect(await exitOf(child)).toBe(7);
  });
});

test('a descriptor that cannot be written fails, and not as one that was closed', async () => {
  await using folder = await tempFolder();
  const fd = openSync(await folder.write('in', ''), 'r');
  const output = openOutput(fd);
  await output.write(Buffer.from('x'));
  const failure = await output.close().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: 'transient',
    message: 'the output cannot be written (EBADF)',
  });
  expect(isOutputClosed(failure)).toBe(false);
});

test.each([true, false])('the descriptor is closed at the end (blocking: %s)', async (blocking) => {
  const { reader, writer } = await openPipe({ blocking });
  const output = openOutput(writer, { bufferBytes: 100_000 });
  const read = readAll(reader);
  // More than the pipe holds, so that one that does not block says so.
  await output.write(text(1_000_000));
  await output.close();
  expect((await read).length).toBe(1_000_000);
  expect(() => closeSync(writer)).toThrow('EBADF');
});

test('a write after the close is a mistake', async () => {
  const { reader, writer } = await openPipe();
  const output = openOutput(writer);
  await output.close();
  await output.close();
  expect(() => output.write(text(1))).toThrow('the output is closed');
  closeSync(reader);
});
