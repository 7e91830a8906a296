import { describe, expect, test } from 'vitest';
import { denied, error, resource, type Reply } from '../client/testing/scripted-server.ts';
import { checked, firstQuery, now, one, page } from './testing/checked.ts';

const age = { name: 'age', path: ['data', 'age'], type: 'integer' };
const first = { name: 'first', path: ['data', 'tags', '[0]'], type: 'string', required: false };
const row = (ref: string, columns: object) => ({ ref, ts: 1, ...columns });

interface Sample {
  readonly collection: { readonly paginate: unknown; readonly size: number };
}

/** A query of the columns of so many documents. */
const sampleOf = (size: number) => (asked: Sample) => asked.collection?.size === size;

const check = (
  replies: readonly (readonly [size: number, reply: Reply])[],
  collection: object = {},
) =>
  checked([...one, ...replies.map(([size, reply]) => [sampleOf(size), reply] as const)], {
    collection: {
      name: 'foo',
      page_size: 5,
      additional_columns: [age, first],
      ...collection,
    },
  });

describe('check of columns', () => {
  test('asks for their values and nothing else', async () => {
    const { asked } = await check([[5, page()]]);
    const document = { var: 'document' };
    expect(asked.at(-1)).toEqual({
      map: {
        lambda: 'x',
        expr: {
          let: [{ document: { get: { var: 'x' } } }],
          in: {
            object: {
              ref: { select: ['ref', 'id'], from: document },
              ts: { select: 'ts', from: document },
              age: {
                select: ['data', 'age'],
                from: document,
                default: { abort: expect.anything() as unknown },
              },
              first: { select: ['data', 'tags', 0], from: document, default: null },
            },
          },
        },
      },
      collection: { paginate: { documents: { collection: 'foo' } }, size: 5 },
    });
  });

  test('passes, and has nothing to say, when there are values', async () => {
    const rows = [row('1', { age: 1, first: null }), row('2', { age: 2, first: 'x' })];
    const { failure, lines } = await check([[5, page(...rows)]]);
    expect(failure).toBeUndefined();
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('tells of a path at which nothing was found', async () => {
    const rows = [row('1', { age: 1, first: null }), row('2', { age: 2, first: null })];
    const { failure, lines } = await check([[5, page(...rows)]]);
    expect(failure).toBeUndefined();
    expect(lines).toContainEqual({
      level: 'warn',
      message: 'no value for a column in the documents that were looked at',
      fields: { collection: 'foo', column: 'first', path: ['data', 'tags', 0], documents: 2 },
    });
  });

  test('fails for a required one that a document has not', async () => {
    const text = 'Column age: the path data.age does not exist in document Ref(1, collection=foo)';
    const { failure } = await check([[5, error(400, 'transaction aborted', text)]]);
    expect(failure).toMatchObject({
      kind: 'config',
      where: 'collection foo',
      message: text,
      hint: 'Correct the path in collection.additional_columns, or set required to false.',
    });
  });

  test('fails with anything else that goes wrong, and where', async () => {
    expect((await check([[5, denied]])).failure).toMatchObject({
      kind: 'access',
      where: 'collection foo',
    });
  });

  test('asks for fewer documents when they are too large', async () => {
    const tooLarge = error(440, 'processing time limit exceeded', 'Too slow.');
    const { failure, asked } = await check(
      [
        [64, tooLarge],
        [16, error(400, 'bad request', 'Query exceeds max width. Max: 1, current: 2.')],
        [4, page(row('1', { age: 1, first: 'x' }))],
      ],
      { page_size: 1000 },
    );
    expect(failure).toBeUndefined();
    expect(asked.slice(one.length)).toHaveLength(3);
  });

  test('gives up with a single one', async () => {
    const tooLarge = error(413, 'request too large', 'Request entity is too large');
    expect((await check([[1, tooLarge]], { page_size: 1 })).failure).toMatchObject({
      kind: 'config',
      hint: 'Lower collection.page_size in the settings.',
    });
  });

  test('looks at none of an empty collection', async () => {
    const { failure, asked } = await checked(
      [now, [firstQuery('foo'), page()], [() => true, resource(null)]],
      { collection: { name: 'foo', additional_columns: [age] } },
    );
    expect(failure).toBeUndefined();
    expect(asked).toHaveLength(3);
  });
});
