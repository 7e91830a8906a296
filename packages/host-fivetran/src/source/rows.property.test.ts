import { memorySource } from '@fairlead/testkit';
import { type Documents, Op, silentLog } from '@fairlead/sdk';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordType } from '../protocol/common.gen.ts';
import { tableMessage } from './schema-message.ts';
import { sourceTables } from './source-table.ts';
import { TableLane } from './table-lane.ts';
import { collectMessages } from './testing/collect-messages.ts';
import { comparable, slowRecord } from './testing/slow-rows.ts';

/** A JSON string with some of its characters escaped. */
const text = (content: fc.Arbitrary<string>) =>
  fc
    .tuple(content, fc.infiniteStream(fc.boolean()))
    .map(([value, escapes]) =>
      Array.from(value.replaceAll(/\p{Surrogate}/gu, '?'))
        .map((letter) => {
          const plain = JSON.stringify(letter).slice(1, -1);
          return escapes.next().value === true && letter !== '/'
            ? Array.from({ length: letter.length }, (_, at) => unit(letter, at)).join('')
            : plain;
        })
        .join(''),
    )
    .map((inner) => `"${inner}"`);

const unit = (letter: string, at: number) =>
  `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`;

const digits = (least: number, most: number) =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789')),
    minLength: least,
    maxLength: most,
  });

const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.bigInt(0n, 200n).map(String), fc.bigInt(0n, 2n ** 66n).map(String)),
    fc.option(digits(1, 18), { nil: undefined, freq: 3 }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.nat(25)), {
      nil: undefined,
      freq: 5,
    }),
  )
  .map(([sign, whole, fraction, power]) =>
    [sign, whole, fraction === undefined ? '' : `.${fraction}`, ...(power ?? [])].join(''),
  );

const edges = fc.constantFrom(
  ...(
    '0 -0 -1 127 128 1.10 0.5 1e3 32767 32768 -32768 -32769 2147483647 2147483648 -2147483648 -2147483649 ' +
    '9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 ' +
    '0.1000000000000000055 12345678901234567890123456789012345678 123456789012345678901234567890123456789'
  ).split(' '),
);

const time = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    }),
    fc.option(digits(1, 11), { nil: undefined }),
    fc.constantFrom('Z', '', '+02:00', '-11:30', '+23:59'),
  )
  .map(([date, fraction, zone]) => {
    const seconds = date.toISOString().slice(0, 19);
    return `"${seconds}${fraction === undefined ? '' : `.${fraction}`}${zone}"`;
  });

const scalar = fc.oneof(
  { arbitrary: edges, weight: 2 },
  number,
  text(fc.string({ unit: 'grapheme', maxLength: 12 })),
  text(fc.string({ unit: 'binary', maxLength: 200 })),
  time,
  time.map((value) => `${value.slice(0, 11)}"`),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => `"${Buffer.from(bytes).toString('base64')}"`),
  fc.constantFrom('true', 'false', 'null', 'null', '""', '"0000-01-01"', '"2021-02-29"'),
);

const value = fc.oneof(
  { arbitrary: scalar, weight: 8 },
  fc.json({ maxDepth: 3 }),
  fc.array(scalar, { maxLength: 3 }).map((items) => `[ ${items.join(' ,')}]`),
);

const names = ['a', 'bc', 'é "x"', 'n0', '_fivetran_deleted', '', 'long'.repeat(40)];
const space = fc.constantFrom('', '', '', ' ', '  ');

const document = fc
  .tuple(
    fc.integer({ min: -5, max: 500 }),
    fc.array(fc.tuple(fc.constantFrom(...names), value, space), { maxLength: 9 }),
    fc.nat(8),
    space,
  )
  .map(([id, members, at, gap]) => {
    const written = members.map(
      ([name, content, around]) => `${JSON.stringify(name)}${around}:${gap}${content}${around}`,
    );
    written.splice(at, 0, `"id":${id}`);
    return `{${gap}${written.join(`,${gap}`)}}`;
  });

const types = fc.constantFrom(
  ...['boolean', 'integer', 'number', 'string', 'object'].map((type) => ({ type })),
  { type: ['string', 'null'], format: 'date-time' },
  { type: 'string', format: 'date' },
  { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
  { type: 'string', contentEncoding: 'base64' },
  { type: 'number', 'x-digits': 12, 'x-scale': 4 },
  { type: 'integer', minimum: 0, maximum: 100 },
  { type: 'integer', minimum: -100_000, maximum: 100_000 },
  { type: ['integer', 'string'] },
  {},
);

test('rows are what a slow and simple encoder makes of their documents', async () => {
  const schema = fc.dictionary(fc.constantFrom(...names), types).map((properties) => ({
    type: 'object',
    properties: { id: { type: 'integer' }, ...properties },
  }));
  const rows = fc.array(
    fc.tuple(document, fc.constantFrom(Op.upsert, Op.patch, Op.delete, Op.insert)),
    {
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(schema, rows, async (described, list) => {
      const source = memorySource({ streams: [{ name: 't', schema: described }] });
      const streams = [{ name: 't', key: ['/id'], schema: described, resource: { stream: 't' } }];
      const [table] = sourceTables(source, streams);
      if (table === undefined) throw new Error('there is no table');
      const { messages, decoded } = collectMessages();
      const lane = new TableLane({ table, wants: () => true }, messages, silentLog);
      await lane.store(documentsOf(list));
      await messages.flush();
      let known = tableMessage(table.name, table.columns);
      let next = 0;
      for (const { operation } of decoded()) {
        if (operation.case === 'schemaChange') {
          const { change } = operation.value;
          const [changed] = change.case === 'withoutSchema' ? change.value.tables : [];
          known = changed ?? known;
        } else if (operation.case === 'records') {
          for (const record of operation.value.records) {
            const [written = '', op] = list[next++] ?? [];
            const type = typeOf[op ?? Op.upsert];
            const expected = slowRecord(known, written, type);
            expect(comparable(record, known)).toEqual(comparable(expected, known));
          }
        }
      }
      expect(next).toBe(list.length);
    }),
    { numRuns: 1500 },
  );
});

const typeOf = {
  [Op.upsert]: RecordType.UPSERT,
  [Op.insert]: RecordType.UPSERT,
  [Op.patch]: RecordType.UPDATE,
  [Op.delete]: RecordType.DELETE,
} as const;

function documentsOf(list: readonly (readonly [string, Op])[]): Documents {
  const lines = list.map(([line]) => Buffer.from(`${line}\n`));
  let end = 0;
  return {
    bytes: Buffer.concat(lines),
    ends: Uint32Array.from(lines, ({ length }) => (end += length)),
    ops: Uint8Array.from(list, ([, op]) => op),
  };
}
