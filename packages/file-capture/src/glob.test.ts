import { describe, expect, test } from 'vitest';
import { enterFolder, isWild, matchesFile, parseGlobs, startPlaces } from './glob.ts';

/** Whether a walk through folders finds `path` by `pattern`. */
function matches(pattern: string, path: string): boolean {
  return parseGlobs(pattern).some((glob) => {
    const prefix = glob.base === '' ? '' : `${glob.base.replace(/\/$/, '')}/`;
    if (glob.segments.length === 0) return path === glob.base;
    if (!path.startsWith(prefix)) return false;
    const names = path.slice(prefix.length).split('/');
    let places = startPlaces;
    for (const folder of names.slice(0, -1)) places = enterFolder(glob, places, folder);
    return matchesFile(glob, places, names.at(-1) ?? '');
  });
}

describe('a pattern', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['*.csv', ['a.csv', 'a.b.csv'], ['a.csv.gz', 'x/a.csv', '.a.csv', 'acsv']],
    ['data/*.csv', ['data/a.csv'], ['a.csv', 'data/x/a.csv']],
    ['/data/*', ['/data/a'], ['/data/.a', 'data/a']],
    ['**/*.csv', ['a.csv', 'x/a.csv', 'x/y/a.csv'], ['.x/a.csv', 'x/.y/a.csv', 'a.txt']],
    ['a/**/b/*', ['a/b/x', 'a/1/b/x', 'a/1/2/b/x', 'a/b/b/x'], ['a/1/x', 'b/x']],
    ['a/**', ['a/x', 'a/x/y'], ['b/x', 'a/.x', 'a/.x/y']],
    ['**', ['x', 'a/x'], ['.x']],
    ['20??/x', ['2024/x'], ['20245/x', '2024/y']],
    ['a[0-9].csv', ['a1.csv'], ['ab.csv', 'a12.csv']],
    ['a[!0-9].csv', ['ab.csv'], ['a1.csv']],
    ['{a,b}*.csv', ['a1.csv', 'b.csv'], ['c.csv']],
    ['{x/a,y/b}/*.csv', ['x/a/1.csv', 'y/b/1.csv'], ['x/b/1.csv']],
    ['a{,/b}/*', ['a/x', 'a/b/x'], ['a/c/x']],
    ['{x,y/{a,b}}/*', ['x/1', 'y/a/1', 'y/b/1'], ['y/1', 'a/1']],
    ['data//*.csv', ['data/a.csv'], []],
    ['.hidden/*', ['.hidden/a'], ['.hidden/.a']],
    ['.*', ['.a'], ['a']],
    ['(a)+b*', ['(a)+b1'], ['ab1', 'aab1']],
    ['!a*', ['!a1'], ['b']],
    ['a*.{csv,json}', ['a1.csv', 'a.json'], ['a.txt']],
    ['a\\*b*', ['a*b1'], ['axb1']],
  ])('%s', (pattern, yes, no) => {
    for (const path of yes) expect([path, matches(pattern, path)]).toEqual([path, true]);
    for (const path of no) expect([path, matches(pattern, path)]).toEqual([path, false]);
  });

  test.each([
    ['a/b/*.csv', 'a/b'],
    ['*', ''],
    ['/*', '/'],
    ['/a/{b,c}', '/a'],
    ['a/b.csv', 'a/b.csv'],
    ['a/b/', 'a/b'],
  ])('%s begins in %j', (pattern, base) => {
    expect(parseGlobs(pattern)[0]?.base).toBe(base);
  });

  test('does not walk into folders where nothing can match', () => {
    const [glob] = parseGlobs('2024-*/orders/*.csv');
    if (glob === undefined) throw new Error('no pattern');
    expect(enterFolder(glob, startPlaces, '2023-01')).toEqual([]);
    const year = enterFolder(glob, startPlaces, '2024-01');
    expect(enterFolder(glob, year, 'customers')).toEqual([]);
    expect(enterFolder(glob, enterFolder(glob, year, 'orders'), 'deeper')).toEqual([]);
  });
});

test.each([
  ['a', false],
  ['a-b.c(d)', false],
  ['a*', true],
  ['a?', true],
  ['a[b', true],
  ['{a', true],
])('%s has wildcards: %s', (text, wild) => {
  expect(isWild(text)).toBe(wild);
});
