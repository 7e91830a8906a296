import { expect, test } from 'vitest';
import { inShop, shop } from '../testing/shop.ts';

test('check tries both ends', async () => {
  expect(await inShop(['check'])).toEqual({
    exitCode: 0,
    stdout: [
      'end          connector        result',
      'source       source-tick      ok',
      'destination  materialize-box  ok',
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('check ends as the first end that fails', async () => {
  const text = shop
    .replace('rows: 3', 'fail: state')
    .replace('path: box.json', 'path: x, closed: true');
  expect(await inShop(['check'], text)).toEqual({
    exitCode: 6,
    stdout: [
      'end          connector        result',
      'source       source-tick      failed',
      'destination  materialize-box  failed',
      '',
    ].join('\n'),
    stderr: 'fairlead: the clock is out of reach. Wind it up.\n',
  });
  const { stdout, stderr } = await inShop(['check', '--json'], text);
  expect(JSON.parse(stdout)).toEqual({
    ends: [
      {
        end: 'source',
        connector: 'source-tick',
        ok: false,
        failure: { kind: 'state', message: 'the clock is out of reach. Wind it up.' },
      },
      {
        end: 'destination',
        connector: 'materialize-box',
        ok: false,
        failure: { kind: 'access', message: 'the box is locked. Find the key.' },
      },
    ],
  });
  expect(JSON.parse(stderr)).toMatchObject({ failure: { kind: 'state' } });
});
