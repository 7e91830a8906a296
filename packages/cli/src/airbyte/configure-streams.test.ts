import { defaultRule } from '../pipeline-defaults.ts';
import { expect, test } from 'vitest';
import { configureStreams } from './configure-streams.ts';

const offered = (modes: readonly string[], key: readonly string[] = []) => ({
  name: 'orders',
  key,
  schema: {},
  resource: { name: 'orders', catalogStream: { name: 'orders', supported_sync_modes: modes } },
});
const both = ['full_refresh', 'incremental'];
const whole = ['full_refresh'];

test.each([
  ['read on, with a key', offered(both, ['/id']), {}, 'incremental', 'append_dedup', [['id']]],
  ['read on, without one', offered(both), {}, 'incremental', 'append', []],
  ['whole, with a key', offered(whole, ['/id']), {}, 'full_refresh', 'overwrite_dedup', [['id']]],
  ['whole, without one', offered(whole), {}, 'full_refresh', 'overwrite', []],
  ['appended', offered(both, ['/id']), { write: 'append' }, 'incremental', 'append', [['id']]],
  ['appended whole', offered(whole), { write: 'append' }, 'full_refresh', 'append', []],
  ['a key further in', offered(both, ['/a/b']), {}, 'incremental', 'append', [['a', 'b']]],
  [
    'merged by a key further in',
    offered(both, ['/a/b']),
    { write: 'merge' },
    'incremental',
    'append_dedup',
    [['a', 'b']],
  ],
  [
    'a key that the user names',
    offered(both, ['/a/b']),
    { key: ['id'] },
    'incremental',
    'append_dedup',
    [['id']],
  ],
] as const)('%s', (_what, info, rule, read, write, key) => {
  const rules = [{ match: 'ord*', ...defaultRule, ...rule }];
  const overwrites = write.startsWith('overwrite');
  expect(configureStreams([info], rules, 7)).toEqual([
    {
      stream: 'orders',
      read,
      write,
      configured: {
        stream: info.resource.catalogStream,
        sync_mode: read,
        destination_sync_mode: write,
        primary_key: key,
        cursor_field: [],
        generation_id: overwrites ? 7 : 1,
        minimum_generation_id: overwrites ? 7 : 0,
        sync_id: 7,
      },
    },
  ]);
});

test('a stream that no rule takes is left out, and one with a cursor says so', () => {
  const info = { ...offered(both), cursor: '/at' };
  expect(configureStreams([info], [{ match: 'other', ...defaultRule }], 7)).toEqual([]);
  const [found] = configureStreams([info], [{ match: '*', ...defaultRule }], 7);
  expect(found?.configured).toMatchObject({ cursor_field: ['at'] });
});
