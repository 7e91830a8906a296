import { openSync } from 'node:fs';
import { startOf } from '@fairlead/sdk';
import { tempFolder } from '@fairlead/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openOutput } from './output.ts';
import { linesOf, readLines } from './read-lines.ts';
import { openPipe } from './testing/pipe.ts';

async function* inPieces(pieces: readonly string[]): AsyncGenerator<Buffer, void, undefined> {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** The lines of pieces, each with its end, and how it ended. */
async function read(pieces: readonly string[], maxLineBytes = 1_000) {
  const lines: string[] = [];
  try {
    for await (const batch of linesOf(inPieces(pieces), maxLineBytes)) {
      expect(batch.ends.at(-1)).toBe(batch.bytes.length);
      batch.ends.forEach((end, index) => {
        lines.push(String(Buffer.from(batch.bytes.subarray(startOf(batch, index), end))));
      });
    }
  } catch (error) {
    return { lines, error };
  }
  return { lines };
}

describe('lines', () => {
  test.each([
    { pieces: [], lines: [] },
    { pieces: ['a\nb\n'], lines: ['a\n', 'b\n'] },
    { pieces: ['a\nb'], lines: ['a\n', 'b\n'] },
    { pieces: ['a', 'b', 'c\nd', '\n'], lines: ['abc\n', 'd\n'] },
    { pieces: ['\n\n', 'a\r\n'], lines: ['\n', '\n', 'a\r\n'] },
    { pieces: ['a\u2028b\n'], lines: ['a\u2028b\n'] },
  ])('of $pieces are $lines', async ({ pieces, lines }) => {
    expect(await read(pieces)).toEqual({ lines });
  });

  test('do not depend on where the bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom('a', 'bb', '\n'), { minLength: 1 })),
        async (pieces) => {
          const texts = pieces.map((piece) => piece.join(''));
          const all = texts.join('');
          const whole = all === '' || all.endsWith('\n') ? all : `${all}\n`;
          const { lines } = await read(texts);
          expect(lines.join('')).toBe(whole);
          expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
        },
      ),
    );
  });
});

describe('a line that is too long', () => {
  test.each([
    { what: 'in a piece', pieces: ['ab\nabcd\nabcde\nx\n'], lines: ['ab\n', 'abcd\n'], at: 3 },
    { what: 'over pieces', pieces: ['ab\nabc', 'd', 'e\nx\n'], lines: ['ab\n'], at: 2 },
    { what: 'without an end', pieces: ['abcdef'], lines: [], at: 1 },
    { what: 'at the end', pieces: ['a\n', 'abcde'], lines: ['a\n'], at: 2 },
  ])('$what fails with its number, after those before it', async ({ pieces, lines, at }) => {
    const result = await read(pieces, 5);
    expect(result.lines).toEqual(lines);
    expect(result.error).toMatchObject({
      name: 'Failure',
      kind: 'data',
      message: 'a line is longer than 5 bytes',
      where: `line ${at}`,
    });
  });
});

test('a line of 100 MB comes through a pipe', async () => {
  const { reader, writer } = await openPipe();
  const output = openOutput(writer);
  const part = Buffer.alloc(10_000_000, 'a');
  const written = (async () => {
    await output.write(Buffer.from('first\n'));
    for (let index = 0; index < 10; index++) await output.write(part);
    await output.write(Buffer.from('\nlast\n'));
    await output.close();
  })();
  const lengths: number[] = [];
  for await (const batch of readLines(reader)) {
    batch.ends.forEach((end, index) => lengths.push(end - startOf(batch, index)));
  }
  await written;
  expect(lengths).toEqual([6, 100_000_001, 5]);
});

test('a line over the usual maximum of 128 MiB fails without being kept', async () => {
  await using folder = await tempFolder();
  const path = folder.join('in');
  const output = openOutput(openSync(path, 'w'));
  const part = Buffer.alloc(9_000_000, 'a');
  for (let index = 0; index < 15; index++) await output.write(part);
  await output.close();
  await expect(readLines(openSync(path, 'r')).next()).rejects.toMatchObject({
    message: 'a line is longer than 134217728 bytes',
    where: 'line 1',
  });
});
