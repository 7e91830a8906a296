import { validateJson } from '@fairlead/json';
import { isFailure } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FqlPageReader, PageReader } from './page.ts';
import { anyElement } from './testing/arbitraries.ts';
import { anyChanges, garble } from './testing/garble.ts';
import { fqlPageOf, linesOf, pageOf, refsOf } from './testing/pages.ts';
import { slowPage } from './testing/slow-row.ts';
import type { SlowOptions } from './testing/slow-value.ts';

const dialects = [
  { dialect: 'v4', base64: 'url' },
  { dialect: 'v4', base64: 'standard' },
  { dialect: 'v10', base64: 'url' },
] as const;

describe.each(dialects)('pages of $dialect with $base64', (options) => {
  const page = fc
    .tuple(fc.array(anyElement(options.dialect), { maxLength: 4 }), fc.boolean())
    .map(([elements, isLast]) => {
      const make = options.dialect === 'v4' ? pageOf : fqlPageOf;
      return make(elements, isLast ? undefined : '[1]');
    });

  test('have the rows that their values have', () => {
    fc.assert(
      fc.property(page, (body) => {
        const expected = slowPage(Buffer.from(body).toString(), options);
        const read = readerOf(options).read(body);
        expect(linesOf(read)).toEqual(expected.lines);
        expect(read.after && Buffer.from(read.after).toString()).toBe(expected.after);
        for (const [i, line] of expected.lines.entries()) {
          expect(validateJson(Buffer.from(line))).toBeUndefined();
          const row = JSON.parse(line);
          expect(JSON.parse(`"${refsOf(read)[i]}"`)).toBe(row.ref);
          expect(Number(read.ts[i])).toBe(row.ts);
        }
      }),
      { numRuns: 600 },
    );
  });

  test('have rows or a failure when they are garbled', () => {
    fc.assert(
      fc.property(page, anyChanges, (body, all) => {
        const garbled = all.reduce(garble, Buffer.from(body));
        const read = outcome(garbled, options);
        const fault = validateJson(garbled);
        // Outside of rows nobody looks at the text.
        if (fault?.reason === 'invalid UTF-8' && read !== undefined) {
          for (const line of read.lines) expect(validateJson(Buffer.from(line))).toBeUndefined();
        } else
          expect(read).toEqual(fault === undefined ? slowOutcome(garbled, options) : undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

interface Outcome {
  readonly lines: readonly string[];
  readonly after: string | undefined;
}

function outcome(body: Uint8Array, options: SlowOptions): Outcome | undefined {
  try {
    const page = readerOf(options).read(body);
    return { lines: linesOf(page), after: page.after && compact(page.after) };
  } catch (error) {
    if (!isFailure(error) || error.kind !== 'data') throw error;
    return undefined;
  }
}

function slowOutcome(body: Uint8Array, options: SlowOptions): Outcome | undefined {
  try {
    const { lines, after } = slowPage(Buffer.from(body).toString(), options);
    return { lines, after };
  } catch {
    return undefined;
  }
}

/** Cursors are only numbers here. */
function compact(after: Uint8Array): string {
  return Buffer.from(after).toString().replaceAll(/\s/g, '');
}

function readerOf({ dialect, base64 }: SlowOptions): PageReader | FqlPageReader {
  return dialect === 'v4' ? new PageReader({ base64 }) : new FqlPageReader({ base64 });
}
