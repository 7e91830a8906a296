import { describe, expect, test } from 'vitest';
import { closedSchema, discoveredSchema } from './document-schema.ts';

describe('a discovered schema', () => {
  test.each([
    { type: 'integer', expected: { type: 'integer' } },
    { type: ['string', 'null'], format: 'date', expected: { type: 'string', format: 'date' } },
    { type: ['integer', 'string'], expected: { type: ['integer', 'string'] } },
    { expected: { type: ['boolean', 'integer', 'string'] } },
    { type: 'null', expected: { type: ['boolean', 'integer', 'string'] } },
  ])('has a key that is never null: $type', ({ expected, ...id }) => {
    const schema = { type: 'object', properties: { id, more: {} } };
    expect(discoveredSchema({ key: ['/id'], schema })).toMatchObject({
      required: ['id'],
      properties: { id: expected },
      'x-infer-schema': true,
    });
  });

  test('has every part of a key that lies deeper, beside /_meta/op', () => {
    const schema = {
      properties: {
        _meta: { properties: { file: { type: 'string' }, offset: { type: 'integer' }, x: {} } },
      },
    };
    expect(discoveredSchema({ key: ['/_meta/file', '/_meta/offset'], schema })).toMatchObject({
      type: 'object',
      required: ['_meta'],
      properties: {
        _meta: {
          type: 'object',
          required: ['file', 'offset'],
          properties: {
            file: { type: 'string' },
            offset: { type: 'integer' },
            op: { type: 'string' },
          },
        },
      },
    });
  });

  test('has no required member where nothing is a key', () => {
    expect(discoveredSchema({ key: [], schema: {} })).toMatchObject({ required: [] });
  });

  test('reduces deletes away, merges patches, and replaces by all else', () => {
    const condition = (op: string) =>
      `{"properties":{"_meta":{"properties":{"op":{"const":"${op}"}},"required":["op"]}},"required":["_meta"]}`;
    expect(JSON.stringify(discoveredSchema({ key: [], schema: {} }))).toContain(
      [
        `"if":${condition('d')},"then":{"reduce":{"strategy":"merge","delete":true}}`,
        `"else":{"if":${condition('u')},"then":{"reduce":{"strategy":"merge"}}`,
        '"else":{"reduce":{"strategy":"lastWriteWins"}}}',
      ].join(),
    );
  });
});

test('a closed schema is closed at every depth', () => {
  const open = {
    type: 'object',
    properties: {
      a: { type: ['object', 'null'], properties: {}, additionalProperties: {} },
      b: { anyOf: [{ properties: { c: true } }, { type: 'null' }] },
      properties: { type: 'string' },
    },
  };
  expect(closedSchema(open)).toEqual({
    type: 'object',
    properties: {
      a: { type: ['object', 'null'], properties: {}, additionalProperties: false },
      b: { anyOf: [{ properties: { c: true }, additionalProperties: false }, { type: 'null' }] },
      properties: { type: 'string' },
    },
    additionalProperties: false,
  });
});
