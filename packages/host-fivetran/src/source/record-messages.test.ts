import { type Documents, DocumentsBuilder, silentLog } from '@fairlead/sdk';
import { memorySource, rowsOf, storyOf } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { mostMessageBytes } from '../protocol/message-size.ts';
import { RecordMessages } from './record-messages.ts';
import { sourceTables } from './source-table.ts';
import { TableLane } from './table-lane.ts';
import { collectMessages } from './testing/collect-messages.ts';

const described = {
  type: 'object',
  properties: { id: { type: 'integer' }, text: { type: 'string' } },
};

function laneTo(messages: RecordMessages): TableLane {
  const source = memorySource({ streams: [{ name: 't', schema: described }] });
  const streams = [{ name: 't', key: ['/id'], schema: described, resource: { stream: 't' } }];
  const [table] = sourceTables(source, streams);
  if (table === undefined) throw new Error('there is no table');
  return new TableLane({ table, wants: () => true }, messages, silentLog);
}

/** Documents whose texts have these lengths. */
function texts(...lengths: readonly number[]): Documents {
  const builder = new DocumentsBuilder();
  for (const [id, length] of lengths.entries()) builder.add({ id, text: 'x'.repeat(length) });
  return builder.take();
}

test.each([
  {
    what: 'small rows by the hundred',
    lengths: Array.from({ length: 250 }, () => 10),
    rows: [100, 100, 50],
  },
  { what: 'larger rows by 100 kB', lengths: [40_000, 40_000, 40_000, 40_000], rows: [2, 2] },
  { what: 'a large row alone', lengths: [10, 10, 500_000, 10], rows: [2, 1, 1] },
  { what: 'a row of about the limit alone', lengths: [99_990, 10], rows: [1, 1] },
  {
    what: 'a row whose length takes more bytes',
    lengths: [10, 110, 120, 130, 20_000, 5],
    rows: [6],
  },
])('messages have $what', async ({ lengths, rows }) => {
  const { messages, decoded, sizes } = collectMessages();
  await laneTo(messages).store(texts(...lengths));
  await messages.flush();
  expect(storyOf(decoded())).toEqual(rows.map((count) => `rows ${count}`));
  for (const [index, size] of sizes().entries()) {
    if (rows[index] !== 1) expect(size).toBeLessThan(101_000);
  }
  const found = rowsOf(decoded()).map(({ data }) => String(data['text']).length - 'string '.length);
  expect(found).toEqual(lengths);
});

test('a row that no message can hold is refused, and those before it are there', async () => {
  const { messages, decoded } = collectMessages();
  const lane = laneTo(messages);
  const piece = 'x'.repeat(1024 * 1024);
  const builder = new DocumentsBuilder();
  builder.add({ id: 1, text: 'small' });
  builder.addLine(
    Buffer.concat([
      Buffer.from('{"id":2,"text":"'),
      ...Array.from({ length: 128 }, () => Buffer.from(piece)),
      Buffer.from('"}\n'),
    ]),
  );
  await expect(lane.store(builder.take())).rejects.toMatchObject({
    kind: 'data',
    message: expect.stringMatching(
      /^a row has 13\d{7} bytes, and a message to Fivetran may have 134217728$/,
    ),
    where: 'stream t',
  });
  await messages.flush();
  expect(rowsOf(decoded())).toEqual([
    { table: 't', type: 'UPSERT', data: { id: 'long 1', text: 'string small' } },
  ]);
  expect(mostMessageBytes).toBe(2 ** 27);
});

test('no more is written than the connection takes', async () => {
  const handed: number[] = [];
  let take = () => {};
  const messages = new RecordMessages((bytes) => {
    handed.push(bytes.length);
    return new Promise((resolve) => {
      take = resolve;
    });
  });
  const lane = laneTo(messages);
  let stored = false;
  const storing = lane
    .store(texts(...Array.from({ length: 1000 }, () => 5000)))
    .then(() => (stored = true));
  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
  // One chunk with the connection; the next one is full, and waits.
  expect(handed).toHaveLength(1);
  expect(stored).toBe(false);
  while (!stored) {
    take();
    await new Promise(setImmediate);
  }
  await storing;
  expect(handed.length).toBeGreaterThan(10);
  expect(Math.max(...handed)).toBeLessThan(512 * 1024);
});
