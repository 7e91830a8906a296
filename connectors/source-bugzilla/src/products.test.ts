import { linesOf, pullAll } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { bugzilla } from './source.ts';
import { someProducts } from './testing/products.ts';
import { settingsOf } from './testing/reading.ts';
import { Tracker } from './testing/tracker.ts';

test('products are read as they are', async () => {
  await using tracker = await Tracker.start({ products: someProducts });
  expect(await rowsOf(tracker, 'products')).toEqual([
    { id: 7, name: 'Core', description: 'About Core', is_active: true },
    { id: 8, name: 'Fire & Fox', description: 'About Fire & Fox', is_active: true },
  ]);
});

test('components say of which product they are', async () => {
  await using tracker = await Tracker.start({ products: someProducts });
  const rows = await rowsOf(tracker, 'components');
  expect(rows[1]).toEqual({
    id: 71,
    name: 'Graphics',
    description: 'About Graphics',
    is_active: false,
    default_assigned_to: 'nobody@example.com',
    default_qa_contact: null,
    product: 'Core',
  });
  expect(rows.map(({ id }) => id)).toEqual([70, 71, 80]);
});

test.each(['products', 'components'])('%s are those that were chosen', async (stream) => {
  await using tracker = await Tracker.start({ products: someProducts });
  const rows = await rowsOf(tracker, stream, { products: ['Fire & Fox'] });
  expect(rows.map(({ id }) => id)).toEqual(stream === 'products' ? [8] : [80]);
  expect(tracker.requests.map(({ query }) => query.getAll('names'))).toEqual([['Fire & Fox']]);
});

async function rowsOf(
  tracker: Tracker,
  stream: string,
  more: object = {},
): Promise<Record<string, unknown>[]> {
  const events = await pullAll(bugzilla, settingsOf(tracker, more), { streams: [stream] });
  return linesOf(events).map((line) => JSON.parse(line));
}
