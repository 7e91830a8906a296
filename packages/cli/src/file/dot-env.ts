import { readFileSync } from 'node:fs';

/**
 * The variables of a `.env` file: `NAME=value` on each line, `export` before it allowed, `#` for a
 * comment on a line of its own or after a space. A value in single quotes is taken as it is; in
 * double quotes `\n`, `\r`, `\t`, `\"` and `\\` are read, and it may span lines. Nothing is
 * expanded, nothing is run, and a line of another form is passed over.
 */
export function parseDotEnv(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { groups = {} } of text.replaceAll('\r\n', '\n').matchAll(assignment)) {
    const { name = '', single, double, plain = '' } = groups;
    if (single !== undefined) found.set(name, single);
    else if (double !== undefined) found.set(name, double.replace(/\\([nrt"\\])/g, unescape));
    else found.set(name, plain.replace(/(^|\s)#.*$/, '').trim());
  }
  return found;
}

const assignment =
  /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?:'(?<single>[^']*)'[ \t]*(?:#.*)?$|"(?<double>(?:[^"\\]|\\[^])*)"[ \t]*(?:#.*)?$|(?<plain>.*)$)/gm;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescape(_whole: string, character: string): string {
  return escapes[character] ?? character;
}

/** The variables of the `.env` file at `path`; none when there is no such file. */
export function readDotEnv(path: string): ReadonlyMap<string, string> {
  try {
    return parseDotEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
}
