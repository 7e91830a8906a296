import { constants, openSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { openOutput } from './output.ts';
import { readChunks, readPieces } from './read-chunks.ts';
import { openPipe } from './testing/pipe.ts';
import { exitOf, startScript } from './testing/run-script.ts';

async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
}

const bytes = Buffer.alloc(5_000_000, '0123456789');

describe('chunks', () => {
  test('of a file are of one MiB', async () => {
    await using folder = await tempFolder();
    const chunks = await gather(readChunks(openSync(await folder.write('in', bytes), 'r')));
    expect(chunks[0]?.length).toBe(1024 * 1024);
    expect(Buffer.compare(Buffer.concat(chunks), bytes)).toBe(0);
  });

  test('of a pipe stay as they are while more is read', async () => {
    const { reader, writer } = await openPipe();
    const output = openOutput(writer);
    const written = (async () => {
      for (let at = 0; at < bytes.length; at += 77_777) {
        await output.write(bytes.subarray(at, at + 77_777));
      }
      await output.close();
    })();
    const chunks = await gather(readChunks(reader));
    await written;
    expect(Buffer.compare(Buffer.concat(chunks), bytes)).toBe(0);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024);
  });

  test.each(['/dev/null', 'an empty file', 'an empty pipe'])('of %s are none', async (what) => {
    await using folder = await tempFolder();
    const opened = {
      '/dev/null': () => openSync('/dev/null', 'r'),
      'an empty file': async () => openSync(await folder.write('in', ''), 'r'),
      'an empty pipe': async () => {
        const { reader, writer } = await openPipe();
        await openOutput(writer).close();
        return reader;
      },
    }[what];
    expect(await gather(readChunks((await opened?.()) ?? -1))).toEqual([]);
  });
});

describe('pieces', () => {
  test('of a file are good until the next is asked for', async () => {
    await using folder = await tempFolder();
    const file = openSync(await folder.write('in', bytes), 'r');
    expect(Buffer.compare(await copyOf(readPieces(file), 0), bytes)).toBe(0);
  });

  test.each([0, 3])(
    'of a pipe are good until the next is asked for, %i turns later',
    async (turns) => {
      const { reader, writer } = await openPipe();
      const output = openOutput(writer);
      const written = (async () => {
        for (let at = 0; at < bytes.length; at += 77_777) {
          await output.write(bytes.subarray(at, at + 77_777));
        }
        await output.close();
      })();
      const copy = await copyOf(readPieces(reader), turns);
      await written;
      expect(Buffer.compare(copy, bytes)).toBe(0);
    },
  );
});

/** What is in pieces, each copied so many turns of the event loop after it came. */
async function copyOf(pieces: AsyncIterable<Buffer>, turns: number): Promise<Buffer> {
  const copies: Buffer[] = [];
  const memories = new Set<ArrayBufferLike>();
  for await (const piece of pieces) {
    for (let count = 0; count < turns; count++) await turn();
    copies.push(Buffer.from(piece));
    memories.add(piece.buffer);
  }
  expect(memories.size).toBeLessThanOrEqual(3);
  return Buffer.concat(copies);
}

test('a reader that stands still holds up the writer', async () => {
  const { reader, writer } = await openPipe({ blocking: false });
  const chunks = readChunks(reader);
  writeSync(writer, 'x');
  await chunks.next();
  let taken = 0;
  for (let idle = 0; idle < 50;) {
    try {
      taken += writeSync(writer, bytes, 0, 65_536);
      idle = 0;
    } catch {
      idle++;
      await turn();
    }
  }
  expect(taken).toBeLessThan(2.5 * 1024 * 1024);
  const closed = openOutput(writer).close();
  let read = 0;
  for await (const chunk of chunks) read += chunk.length;
  await closed;
  expect(read).toBe(taken);
});

describe('an abort', () => {
  test('ends a read that waits, with its reason', async () => {
    const { reader, writer } = await openPipe();
    const controller = new AbortController();
    const next = readChunks(reader, controller.signal).next();
    await turn();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await openOutput(writer).close();
  });

  test('before the first read lets nothing be read', async () => {
    const fd = openSync('/dev/null', constants.O_RDONLY);
    const reason = new Error('enough');
    await expect(readChunks(fd, AbortSignal.abort(reason)).next()).rejects.toBe(reason);
  });
});

describe('a process', () => {
  test('can end while it waits for input', async () => {
    const child = startScript(`
      void io.readChunks(0).next();
      setTimeout(() => process.exit(3), 20);
    `);
    // Its input stays open.
    expect(await exitOf(child)).toBe(3);
  });

  test('reads its standard input to the end', async () => {
    const child = startScript(`
      let length = 0;
      for await (const chunk of io.readChunks(0)) length += chunk.length;
      process.exit(length === 5_000_000 ? 0 : 1);
    `);
    child.stdin?.end(bytes);
    expect(await exitOf(child)).toBe(0);
  });
});

test('a descriptor that cannot be read fails plainly', async () => {
  await using folder = await tempFolder();
  const fd = openSync(folder.path, 'r');
  await expect(readChunks(fd).next()).rejects.toMatchObject({
    name: 'Failure',
    kind: 'transient',
    message: 'the input cannot be read (EISDIR)',
  });
});
