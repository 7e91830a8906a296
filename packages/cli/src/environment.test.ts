import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readEnvironment, type ProcessParts } from './environment.ts';

function read(parts: Partial<ProcessParts>) {
  return readEnvironment(
    { env: {}, platform: 'linux', cwd: () => '/work', stderr: {}, ...parts },
    '/home/me',
  );
}

test.each<[string, Record<string, string>, string]>([
  ['linux', {}, '/home/me/.local/state/fairlead'],
  ['linux', { XDG_STATE_HOME: '/xdg' }, '/xdg/fairlead'],
  ['linux', { XDG_STATE_HOME: '' }, '/home/me/.local/state/fairlead'],
  ['linux', { XDG_STATE_HOME: '/xdg', FAIRLEAD_STATE: 'own' }, '/work/own'],
  ['darwin', {}, '/home/me/Library/Application Support/fairlead'],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/fairlead'],
  ['win32', {}, '/home/me/AppData/Local/fairlead'],
])('on %s with %j state is kept in %s', (platform, env, folder) => {
  expect(read({ platform, env }).stateFolder).toBe(resolve(folder));
});

test.each<[Record<string, string>, boolean, boolean]>([
  [{}, true, true],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ TERM: 'dumb' }, false, false],
])('a terminal with %j is interactive: %s, in color: %s', (env, interactive, color) => {
  expect(read({ env, stderr: { isTTY: true } }).display).toMatchObject({ interactive, color });
});

test('what is no terminal is neither', () => {
  expect(read({}).display).toMatchObject({ interactive: false, color: false });
});

test.each<[string, Record<string, string>, boolean]>([
  ['linux', {}, false],
  ['linux', { LANG: 'de_DE.UTF-8' }, true],
  ['linux', { LANG: 'de_DE.utf8' }, true],
  ['linux', { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, false],
  ['linux', { LC_ALL: '', LC_CTYPE: 'C.UTF-8' }, true],
  ['darwin', {}, true],
  ['win32', {}, true],
])('%s with %j shows more than ASCII: %s', (platform, env, unicode) => {
  expect(read({ platform, env }).display.unicode).toBe(unicode);
});

test('the size of the window is looked up each time', () => {
  const stderr = { isTTY: true, columns: 100, rows: 50 };
  const { display } = read({ stderr });
  stderr.columns = 120;
  expect([display.columns(), display.rows()]).toEqual([120, 50]);
});

test.each([{}, { columns: 0, rows: 0 }])('a window of unknown size %j is a usual one', (stderr) => {
  const { display } = read({ stderr });
  expect([display.columns(), display.rows()]).toEqual([80, 24]);
});
