import type { CsvDecoder } from './csv-decoder.ts';
import { CsvError } from './csv-error.ts';

/** What came out of a decoder, for tests. */
export interface Driven {
  readonly lines: readonly string[];
  readonly failure: CsvError | undefined;
}

/**
 * Gives `bytes` to a decoder in pieces that end at `cuts`, as a reader of a file does: what was not
 * consumed comes again, with the next piece behind it.
 */
export function drive(decoder: CsvDecoder, bytes: Uint8Array, cuts: readonly number[]): Driven {
  const lines: string[] = [];
  const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b)];
  ends.push(bytes.length);
  let consumed = 0;
  try {
    for (const [i, end] of ends.entries()) {
      const final = i === ends.length - 1;
      for (;;) {
        const decoded = decoder.decode(bytes.subarray(consumed, end), final);
        lines.push(...documents(decoded.lines));
        consumed += decoded.consumed;
        if (consumed === end) break;
        if (decoded.consumed === 0) {
          if (final) throw new Error('the end was not decoded');
          break;
        }
      }
    }
  } catch (error) {
    if (error instanceof CsvError) return { lines, failure: error };
    throw error;
  }
  return { lines, failure: undefined };
}

/** The documents of some lines, each with its line feed. */
export function documents(lines: {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}): readonly string[] {
  const text = Buffer.from(lines.bytes);
  return Array.from(lines.ends, (end, i) => text.toString('utf8', lines.ends[i - 1] ?? 0, end));
}
