import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStamp, type SpecialRow } from './stamp.ts';

const data = fc.object({ maxDepth: 1 }).map((value) => JSON.parse(JSON.stringify(value)));
const time = fc.integer({ min: 0, max: 253_402_300_799_999 });
const row = fc.record({ data, time, space: fc.boolean(), special: fc.boolean() });

test('rows are their documents with four members more', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const stamp = createStamp({ generationId: 3, syncId: 9, now: () => 1_700_000_000_000 });
      const texts = rows.map(({ data: value, space }) => {
        const text = JSON.stringify(value);
        return `${space ? text.replace('{', '{ ') : text}\n`;
      });
      let end = 0;
      const ends = Uint32Array.from(texts, (text) => (end += Buffer.byteLength(text)));
      const special = new Map<number, SpecialRow>();
      for (const [index, { special: isSpecial }] of rows.entries()) {
        if (isSpecial) special.set(index, { changes: Buffer.from('{"field":"é"}') });
      }
      const emittedAtMs = Float64Array.from(rows, ({ time: ms }) => ms);
      const made = stamp({ bytes: Buffer.from(texts.join('')), ends, emittedAtMs, special });
      const ids = new Set<string>();
      let start = 0;
      for (const [index, { data: value, time: ms, special: isSpecial }] of rows.entries()) {
        const line = Buffer.from(made.bytes.subarray(start, made.ends[index])).toString();
        start = made.ends[index] ?? 0;
        expect(line.endsWith('}\n')).toBe(true);
        const { _airbyte_raw_id, ...rest } = JSON.parse(line);
        expect(_airbyte_raw_id).toMatch(
          /^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
        ids.add(_airbyte_raw_id);
        expect(rest).toEqual({
          _airbyte_extracted_at: new Date(ms).toISOString(),
          _airbyte_generation_id: 3,
          _airbyte_meta: { sync_id: 9, changes: isSpecial ? [{ field: 'é' }] : [] },
          ...value,
        });
      }
      expect(ids.size).toBe(rows.length);
      expect(start).toBe(made.bytes.length);
    }),
    { numRuns: 300 },
  );
});

test('a row that is to go says so', () => {
  const stamp = createStamp({ generationId: undefined, syncId: undefined });
  const bytes = Buffer.from('{}\n{}\n');
  const special = new Map([[1, { line: Buffer.from('{"id":1}\n'), deleted: true }]]);
  const { ops, bytes: made } = stamp({
    bytes,
    ends: Uint32Array.of(3, 6),
    emittedAtMs: Float64Array.of(0, 1),
    special,
  });
  expect(ops).toEqual(Uint8Array.of(0, 3));
  expect(Buffer.from(made).toString()).toContain('"_airbyte_meta":{"changes":[]},"id":1}\n');
});
