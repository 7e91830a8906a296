import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { expectGolden } from './golden.ts';
import { tempFolder } from './temp-folder.ts';

test('a text that is as the file says passes, whatever line ends and last line it has', async () => {
  await using folder = await tempFolder();
  const file = await folder.write('a.txt', 'one\ntwo\n');
  expectGolden(file, 'one\r\ntwo', { update: false });
  expectGolden(pathToFileURL(file), 'one\ntwo\n', { update: false });
});

test('a difference is shown with what is around it', async () => {
  await using folder = await tempFolder();
  const file = await folder.write('a.txt', 'one\ntwo\nthree\n');
  expect(() => expectGolden(file, 'one\ntwo\nfour', { update: false })).toThrow(
    'differs from the golden file a.txt:\nline 3\n  one\n  two\n- three\n- \n+ four',
  );
});

test('a missing file is a failure that says how to write it', async () => {
  await using folder = await tempFolder();
  expect(() => expectGolden(folder.join('none.txt'), 'x', { update: false })).toThrow(
    'UPDATE_GOLDENS=1',
  );
});

test('an update writes the file, also into a new folder', async () => {
  await using folder = await tempFolder();
  const file = folder.join('new', 'a.txt');
  expectGolden(file, 'on port 4711', { update: true, volatile: { '<port>': /\d+/ } });
  expect(readFileSync(file, 'utf8')).toBe('on port <port>\n');
});

test('what differs from run to run has a name', async () => {
  await using folder = await tempFolder();
  const file = await folder.write('a.txt', '<folder>/x <folder>/y took <ms> ms and <ms> ms\n');
  const text = `${folder.path}/x ${folder.path}/y took 12 ms and 3 ms`;
  const volatile = { '<folder>': folder.path, '<ms>': /\d+(?= ms)/ };
  expectGolden(file, text, { update: false, volatile });
});
