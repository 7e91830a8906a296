import { expect, test } from 'vitest';
import { cursorExpression, cursorText } from './cursor.ts';
import { encodeExpression } from './expression.ts';

const collections = '{"@ref":{"id":"collections"}}';
const foo = `{"@ref":{"id":"foo","collection":${collections}}}`;
const three = `{"@ref":{"id":"3","collection":${foo}}}`;

/** Cursors as they come, and what is sent. */
const cursors: readonly (readonly [string, string, string])[] = [
  ['of a snapshot', `[${three}]`, `[${three}]`],
  ['of updates', `[1658504456881000,${three},${three}]`, `[1658504456881000,${three},${three}]`],
  [
    'of events',
    `{"ts":99,"action":"add","document":${three}}`,
    `{"object":{"ts":99,"action":"add","document":${three}}}`,
  ],
  ['of whatever it was in a test', '["some magical",3,"data"]', '["some magical",3,"data"]'],
  ['of a schema set', foo, foo],
  ['of large numbers', '[9007199254740993]', '[9007199254740993]'],
  [
    'of a value that is an object',
    `[{"a":{"@obj":{"@b":1}}},${three}]`,
    `[{"object":{"a":{"object":{"@b":1}}}},${three}]`,
  ],
  [
    'of other values',
    `[null,true,"x",{"@ts":"2020-01-01T00:00:00Z"}]`,
    `[null,true,"x",{"@ts":"2020-01-01T00:00:00Z"}]`,
  ],
];

test.each(cursors)('a cursor %s is sent as Fauna takes it', (_, came, sent) => {
  const bytes = Buffer.from(came);
  expect(sentOf(bytes)).toBe(sent);
  expect(cursorText(bytes)).toBe(came);
  expect(sentOf(cursorText(bytes))).toBe(sent);
});

test.each(cursors.filter(([name]) => name !== 'of large numbers'))(
  'a cursor %s may be plain JSON in a state',
  (_, came, sent) => {
    expect(sentOf(JSON.parse(came))).toBe(sent);
  },
);

test('a cursor that needs no change keeps its digits', () => {
  expect(sentOf('[1.0, 1e400]')).toBe('[1.0, 1e400]');
  expect(sentOf('[1e400,{}]')).toBe('[1e400,{"object":{}}]');
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text of null', 'null'],
  ['no JSON', '[1'],
  ['a function', [() => 1]],
])('%s is no cursor', (_, cursor) => {
  expect(() => cursorExpression(cursor)).toThrow(
    expect.objectContaining({ name: 'Failure', kind: 'state' }),
  );
});

function sentOf(cursor: unknown): string {
  return Buffer.from(encodeExpression(cursorExpression(cursor))).toString();
}
