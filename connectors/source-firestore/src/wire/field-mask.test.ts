import { describe, expect, test } from 'vitest';
import { encodeDocument, type Fields } from '../testing/value.ts';
import { linesOf } from '../testing/lines.ts';
import { fieldMask, maskDocument } from './field-mask.ts';

const text = (value: string) => ({ is: 'string', value }) as const;
const map = (fields: Fields) => ({ is: 'map', fields }) as const;
const time = { seconds: 1_700_000_000, nanos: 0 };
const name = 'projects/p/databases/(default)/documents/users/ada';

const fields: Fields = [
  ['name', text('Ada')],
  [
    'address',
    map([
      ['city', text('London')],
      ['street', text('St James’s')],
    ]),
  ],
  [
    'odd.name',
    map([
      ['`x', text('1')],
      ['y', text('2')],
    ]),
  ],
  ['tags', { is: 'array', values: [text('a')] }],
];

/** The fields of the masked document, as JSON. */
function masked(paths: readonly string[]): unknown {
  const document = encodeDocument({ name, fields, createTime: time, updateTime: time });
  const { _meta, ...rest } = JSON.parse(linesOf(maskDocument(document, fieldMask(paths))));
  expect(_meta).toMatchObject({ path: name, mtime: '2023-11-14T22:13:20Z' });
  return rest;
}

describe('a document keeps', () => {
  test.each([
    [['name'], { name: 'Ada' }],
    [['address'], { address: { city: 'London', street: 'St James’s' } }],
    [['address.city'], { address: { city: 'London' } }],
    [['address.city', 'address'], { address: { city: 'London', street: 'St James’s' } }],
    [['address.city', 'address.street'], { address: { city: 'London', street: 'St James’s' } }],
    [['address.town'], { address: {} }],
    [['`odd.name`.`\\`x`'], { 'odd.name': { '`x': '1' } }],
    [['tags', 'tags.a'], { tags: ['a'] }],
    [['tags.a'], {}],
    [['other'], {}],
    [['__name__'], {}],
  ])('of %j', (paths, kept) => {
    expect(masked(paths)).toEqual(kept);
  });
});
