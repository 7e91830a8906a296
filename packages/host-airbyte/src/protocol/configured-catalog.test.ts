import type { Json } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { parseConfiguredCatalog } from './configured-catalog.ts';

describe('a configured catalog', () => {
  test('has the modes that are meant where none are said', () => {
    const { streams } = parseConfiguredCatalog({ streams: [{ stream: { name: 'a' } }] });
    expect(streams[0]).toMatchObject({
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
    });
  });

  test('may hold nulls, members of later versions and modes of later destinations', () => {
    const catalog = parseConfiguredCatalog({
      later: 1,
      streams: [
        {
          stream: { name: 'a', namespace: null, json_schema: null, is_file_based: null, later: 2 },
          sync_mode: null,
          destination_sync_mode: 'overwrite_dedup',
          cursor_field: null,
          primary_key: [['a', 'b']],
          generation_id: 3,
          minimum_generation_id: null,
          sync_id: null,
          include_files: null,
        },
      ],
    });
    expect(catalog.streams[0]).toMatchObject({
      sync_mode: 'full_refresh',
      destination_sync_mode: 'overwrite_dedup',
      primary_key: [['a', 'b']],
      generation_id: 3,
    });
  });

  test.each<{ what: string; value: Json | undefined; message: string }>([
    { what: 'an empty file', value: undefined, message: 'expected object' },
    { what: 'no streams', value: {}, message: 'streams: invalid input' },
    {
      what: 'a mode that there is not',
      value: { streams: [{ stream: { name: 'a' }, sync_mode: 'INVALID' }] },
      message: 'streams[0].sync_mode',
    },
    {
      what: 'one stream twice',
      value: { streams: [{ stream: { name: 'a' } }, { stream: { name: 'a', namespace: '' } }] },
      message: 'the stream is in the catalog twice',
    },
  ])('fails plainly with $what', ({ value, message }) => {
    expect(() => parseConfiguredCatalog(value)).toThrow(
      expect.objectContaining({ kind: 'config', message: expect.stringContaining(message) }),
    );
  });
});
