import { expect, test } from 'vitest';
import { peek } from './peek.ts';
import { collect, inChunks } from './test-support.ts';

test.each([
  { size: 3, asked: 5, head: 'abcdef', whole: false },
  { size: 3, asked: 6, head: 'abcdef', whole: false },
  { size: 3, asked: 7, head: 'abcdefghi', whole: false },
  { size: 3, asked: 10, head: 'abcdefghij', whole: false },
  { size: 3, asked: 11, head: 'abcdefghij', whole: true },
  { size: 100, asked: 0, head: '', whole: false },
])('$asked bytes of chunks of $size are $head', async ({ size, asked, head, whole }) => {
  const peeked = await peek(inChunks('abcdefghij', size), asked);
  expect([Buffer.from(peeked.head).toString(), peeked.whole]).toEqual([head, whole]);
  expect((await collect(peeked.chunks)).toString()).toBe('abcdefghij');
});

test('keeps what it has seen although the source uses its buffer again', async () => {
  async function* source() {
    const buffer = Buffer.alloc(1);
    for (const letter of 'abcdef') {
      buffer.write(letter);
      yield buffer;
    }
  }
  const { head, chunks } = await peek(source(), 4);
  expect(Buffer.from(head).toString()).toBe('abcd');
  expect((await collect(chunks)).toString()).toBe('abcdef');
});

test('closes the source when the chunks are closed, even before the first is read', async () => {
  let closed = 0;
  async function* source() {
    try {
      yield* inChunks('abcdef', 1);
    } finally {
      closed++;
    }
  }
  const { chunks } = await peek(source(), 2);
  await chunks.return?.();
  expect(closed).toBe(1);
});
