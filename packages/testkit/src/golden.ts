import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface GoldenOptions {
  /**
   * What differs from run to run, and the name that stands for it: `{ '<port>': /(?<=:)\d+/g }`.
   * A text is replaced wherever it occurs. Applied in this order.
   */
  readonly volatile?: Readonly<Record<string, RegExp | string>>;
  /** Whether to write the file instead; when the environment has `UPDATE_GOLDENS=1` unless given. */
  readonly update?: boolean;
}

/**
 * Compares a text with a committed file, which a person reviews like code:
 * `expectGolden(new URL('goldens/plan.txt', import.meta.url), text)`. Run the tests with
 * `UPDATE_GOLDENS=1` to write the files.
 *
 * @throws {Error} with the first lines that differ, or when there is no file.
 */
export function expectGolden(
  path: string | URL,
  text: string,
  { volatile = {}, update = process.env['UPDATE_GOLDENS'] === '1' }: GoldenOptions = {},
): void {
  const file = typeof path === 'string' ? path : fileURLToPath(path);
  const actual = `${stable(text, volatile).trimEnd()}\n`;
  if (update) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  const expected = read(file);
  if (expected === actual) return;
  const name = basename(file);
  throw new Error(
    expected === undefined
      ? `there is no golden file ${name}; write it with UPDATE_GOLDENS=1`
      : `differs from the golden file ${name}:\n${difference(expected, actual)}`,
  );
}

function stable(text: string, volatile: Readonly<Record<string, RegExp | string>>): string {
  return Object.entries(volatile).reduce(
    (now, [name, pattern]) => now.replaceAll(everywhere(pattern), () => name),
    text.replaceAll('\r\n', '\n'),
  );
}

function everywhere(pattern: RegExp | string): RegExp | string {
  if (typeof pattern === 'string' || pattern.global) return pattern;
  return new RegExp(pattern.source, `${pattern.flags}g`);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The first place where two texts differ, with three lines before and some of each after. */
function difference(expected: string, actual: string): string {
  const left = expected.split('\n');
  const right = actual.split('\n');
  let first = 0;
  while (left[first] === right[first]) first++;
  const same = left.slice(Math.max(0, first - 3), first).map((line) => `  ${line}`);
  const shown = 8;
  const gone = left.slice(first, first + shown).map((line) => `- ${line}`);
  const come = right.slice(first, first + shown).map((line) => `+ ${line}`);
  return [`line ${first + 1}`, ...same, ...gone, ...come].join('\n');
}
