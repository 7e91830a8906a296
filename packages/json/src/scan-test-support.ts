import { JsonError } from './json-error.ts';
import type { Lines } from './lines.ts';
import { createScanner } from './scan.ts';
import type { ScanOptions } from './scan.ts';

export const values: ScanOptions = { separator: 'values' };
export const elements: ScanOptions = { separator: 'elements' };

/** The lines as text, without their ends. */
export function texts(found: readonly Lines[]): string[] {
  return found.flatMap(({ bytes, ends }) => {
    if ((ends.at(-1) ?? 0) !== bytes.length) throw new Error('bytes after the last line');
    return Array.from(ends, (end, index) => {
      const line = Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end)).toString();
      if (!line.endsWith('\n')) throw new Error('a line without its end');
      return line.slice(0, -1);
    });
  });
}

/** Scans bytes that arrive in one piece. */
export function scanWhole(options: ScanOptions, bytes: Buffer): Lines[] {
  return scanPieces(options, bytes, []);
}

/** Scans bytes that arrive cut at some places: each time what is left over and one piece more. */
export function scanPieces(options: ScanOptions, bytes: Buffer, cuts: readonly number[]): Lines[] {
  const scanner = createScanner(options);
  const found: Lines[] = [];
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    const final = cut === bytes.length;
    for (;;) {
      const { lines, consumed, closed } = scanner.scan(bytes.subarray(at, cut), final);
      at += consumed;
      if (lines.ends.length > 0) found.push(lines);
      else if (closed || at === cut || !final) break;
    }
  }
  return found;
}

/** The error that bytes lead to, its offset counted from the first of them. */
export function failure(options: ScanOptions, bytes: Buffer): { reason: string; offset: number } {
  const scanner = createScanner(options);
  let at = 0;
  for (let calls = 0; calls <= bytes.length; calls++) {
    try {
      at += scanner.scan(bytes.subarray(at), true).consumed;
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return { reason: error.reason, offset: at + error.offset };
    }
  }
  throw new Error('no error');
}
