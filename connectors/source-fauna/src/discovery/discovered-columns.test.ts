import type { StreamInfo } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { failing } from '../client/testing/opened.ts';
import { denied, resource } from '../client/testing/scripted-server.ts';
import { FaunaResource, streamSettings } from '../settings.ts';
import { discovered, properties } from './testing/discovered.ts';

const page = (...data: readonly unknown[]) => resource({ data });

describe('discovered columns', () => {
  const row = (ref: string, data: object) => ({ ref, ts: 1, data });
  const isSample = (asked: { collection?: { size?: number } }) => asked.collection?.size === 256;

  test('are what some documents have, beside those that are asked for', async () => {
    const time = { '@ts': '2022-11-22T01:23:45Z' };
    const { streams, lines, config } = await discovered(
      [
        [
          isSample,
          page(
            row('1', {
              a: 1,
              b: 'x',
              at: time,
              ref: 'r',
              mixed: 1,
              none: null,
              known: 1,
              '[0]': 1,
            }),
            row('2', { a: 1.5, list: [1], map: { x: 1 }, yes: true, mixed: 'x', deleted_at: 1 }),
          ),
        ],
      ],
      {
        discover_columns: true,
        collection: {
          name: 'foo',
          index: '',
          deletions: { deletion_mode: 'deleted_field' },
          additional_columns: [
            { name: 'b', path: ['data', 'c', '[1]'], type: 'string', required: true },
            { name: 'mine', path: ['data', 'known'], type: 'integer' },
          ],
        },
      },
    );
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'members of data have values of several types, and no column',
        fields: { collection: 'foo', members: ['mixed'] },
      },
    ]);
    const types = Object.entries(properties(streams[0] as StreamInfo)).map(
      ([name, { type, format }]) => [name, type, format],
    );
    expect(types.slice(5)).toEqual([
      ['b', 'string', undefined],
      ['mine', 'integer', undefined],
      ['a', ['null', 'number'], undefined],
      ['data_b', ['null', 'string'], undefined],
      ['at', ['null', 'string'], 'date-time'],
      ['data_ref', ['null', 'string'], undefined],
      ['list', ['null', 'array'], undefined],
      ['map', ['null', 'object'], undefined],
      ['yes', ['null', 'boolean'], undefined],
      ['data_deleted_at', ['null', 'integer'], undefined],
    ]);
    // What is written into the resource is read back as it was meant.
    const settings = streamSettings(config, FaunaResource.parse(streams[0]?.resource));
    expect(settings.columns.slice(0, 4)).toEqual([
      { name: 'b', path: ['data', 'c', 1], type: 'string', required: true },
      { name: 'mine', path: ['data', 'known'], type: 'integer', required: true },
      { name: 'a', path: ['data', 'a'], type: 'number', required: false },
      { name: 'data_b', path: ['data', 'b'], type: 'string', required: false },
    ]);
  });

  test('of an empty collection are none', async () => {
    const settings = { discover_columns: true, collection: { name: 'foo', index: '' } };
    const { streams } = await discovered([[isSample, page()]], settings);
    expect(streams[0]?.resource).toEqual({ collection: 'foo' });
  });

  test('of a collection that is refused are a failure, which names it', async () => {
    const settings = { discover_columns: true, collection: { name: 'foo', index: '' } };
    expect(await failing(discovered([[isSample, denied]], settings))).toMatchObject({
      kind: 'access',
      where: expect.stringMatching(/^collection foo: http:/) as string,
    });
  });
});
