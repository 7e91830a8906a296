import { ByteWriter } from '@fairlead/json';
import { startOf, type Documents } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeyColumn } from './function-table.ts';
import { KeyIndex } from './key-index.ts';
import { KeyKernel, RowForm, windowEnd } from './key-kernel.ts';
import { planKey } from './key-plan.ts';
import { readKey } from './read-key.ts';
import { keyRowOf, rowOf } from './reshape.ts';
import { anyDocument, keyColumns, keyedDocument, linesOf, longName } from './testing/documents.ts';

const kernel = new KeyKernel();

const columnsOf = (...paths: readonly string[][]): KeyColumn[] =>
  paths.map((path) => ({ name: path.join('_'), path }));

interface Read {
  readonly index: number;
  readonly key: string;
  readonly row: string | undefined;
}

/** What the kernel reads of documents; those that it does not are left out. */
function readAll(documents: Documents, columns: readonly KeyColumn[], form: RowForm) {
  const plan = planKey(columns);
  if (plan === undefined) throw new Error('there is no plan');
  const read: Read[] = [];
  const index = new KeyIndex();
  const { ends } = documents;
  for (let from = 0; from < ends.length;) {
    const to = windowEnd(documents, from);
    if (!kernel.open(plan, documents, from, to)) from = to;
    while (from < to) {
      const run = kernel.read(from, to, form, index.last);
      const { count, bytes, rows } = run;
      for (let i = 0; i < count; i++) {
        const key = textOf(bytes, i === 0 ? 0 : (run.ends[i - 1] ?? 0), run.ends[i] ?? 0);
        const row =
          rows.ends.length === 0
            ? undefined
            : textOf(rows.bytes, startOf(rows, i), (rows.ends[i] ?? 0) - 1);
        read.push({ index: from + i, key, row });
      }
      const isKnown = index.last !== undefined && index.last.length <= 16 * 1024;
      expect(run.ascending).toBe(isKnown ? ascendingOf(index, run) : 0);
      index.putAll(run, 0, 1, () => {});
      // The one after them is not plain.
      from = Math.min(to, from + count + 1);
    }
  }
  return read;
}

/** How many of some keys come after those of an index, and each after the one before. */
function ascendingOf(before: KeyIndex, { count, bytes, ends }: ReturnType<KeyKernel['read']>) {
  const index = new KeyIndex();
  const { last = new Uint8Array() } = before;
  if (last.length > 0) {
    index.add(last, 0, last.length);
    index.put(0);
  }
  for (let key = 0; key < count; key++) {
    index.add(bytes, key === 0 ? 0 : (ends[key - 1] ?? 0), ends[key] ?? 0);
    index.put(0);
    if (index.last === undefined) return key;
  }
  return count;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString();
}

/** The key of a document by other means; undefined when it has none. */
function keyOf(document: string, columns: readonly KeyColumn[]): string | undefined {
  const index = new KeyIndex();
  if (readKey(Buffer.from(document), columns, index) !== undefined) return undefined;
  index.put(0);
  return Buffer.from(index.last ?? '').toString();
}

const writer = new ByteWriter();
const rowBy: Readonly<
  Record<RowForm, (document: string, columns: readonly KeyColumn[]) => string | undefined>
> = {
  [RowForm.asItIs]: () => undefined,
  [RowForm.lifted]: (document, columns) =>
    Buffer.from(rowOf(Buffer.from(document), columns, writer)).toString(),
  [RowForm.keyAlone]: (document, columns) =>
    Buffer.from(keyRowOf(Buffer.from(document), columns, writer)).toString(),
};

const anyForm = fc.constantFrom(...Object.values(RowForm));

/** Of lifted columns there has to be one. */
function formFor(form: RowForm, columns: readonly KeyColumn[]): RowForm {
  const isNested = columns.some(({ path }) => path.length > 1);
  return form === RowForm.lifted && !isNested ? RowForm.asItIs : form;
}

describe('keys and rows are those that are read one by one', () => {
  test.each([
    ['any documents', anyDocument],
    ['documents with a key', keyedDocument],
  ])('of %s', (_, document) => {
    fc.assert(
      fc.property(
        fc.array(document, { maxLength: 30, size: 'max' }),
        keyColumns,
        anyForm,
        (texts, columns, anyOf) => {
          const form = formFor(anyOf, columns);
          for (const { index, key, row } of readAll(linesOf(texts), columns, form)) {
            const text = texts[index] ?? '';
            expect(key).toBe(keyOf(text, columns));
            expect(row).toBe(rowBy[form](text, columns));
          }
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe('reads', () => {
  const nested = columnsOf(['m', 'p'], ['m', 'q']);
  test.each([
    { what: 'one column', columns: columnsOf(['a']), text: '{"a":1,"b":2}' },
    { what: 'columns in another order', columns: columnsOf(['a'], ['b']), text: '{"b":"x","a":1}' },
    { what: 'a column at the end', columns: columnsOf(['a']), text: '{"x":{"a":[2,"}"]},"a":"1"}' },
    { what: 'a negative number', columns: columnsOf(['a']), text: '{"a":-17}' },
    { what: 'a long name', columns: columnsOf([longName]), text: `{"a":1,"${longName}":1}` },
    { what: 'a name that is not ASCII', columns: columnsOf(['ü']), text: '{"ü":1}' },
    { what: 'white space', columns: columnsOf(['a']), text: ` {\t"b" : {} , "a" : 1 }` },
    { what: 'escapes in other values', columns: columnsOf(['a']), text: '{"b":"\\"a\\":2","a":1}' },
    { what: 'a number twice', columns: columnsOf(['a']), text: '{"a":1,"a":2}' },
    { what: 'columns inside of a member', columns: nested, text: '{"m":{"p":"x","q":1},"z":1}' },
    { what: 'those at the end', columns: nested, text: '{"z":1,"m":{"q":1,"x":[{}],"p":"x"}}' },
    {
      what: 'those of documents with escapes and names in texts',
      columns: nested,
      text: '{"m":{"p":"x","q":1},"z":"\\n","y":"\\"m_p\\""}',
    },
  ])('$what', ({ columns, text }) => {
    const form = formFor(RowForm.lifted, columns);
    const read = readAll(linesOf([text, text]), columns, form);
    expect(read.map(({ key }) => key)).toEqual([keyOf(text, columns), keyOf(text, columns)]);
    expect(read.map(({ row }) => row)).toEqual([
      rowBy[form](text, columns),
      rowBy[form](text, columns),
    ]);
  });

  test('rows that end where the documents do', () => {
    const [read] = readAll(
      linesOf(['{"z":1,"m":{"p":"x"} }']),
      columnsOf(['m', 'p']),
      RowForm.lifted,
    );
    expect(read?.row).toBe('{"m_p":"x","z":1,"m":{"p":"x"} }');
    const [alone] = readAll(
      linesOf(['{"z":1,"m":{"p":"x"},"a":7}']),
      columnsOf(['m', 'p'], ['a']),
      RowForm.keyAlone,
    );
    expect(alone?.row).toBe('{"m_p":"x","a":7}');
  });
});

describe('leaves to others', () => {
  test.each([
    ['a number with a fraction', '{"a":1.5}'],
    ['minus zero', '{"a":-0}'],
    ['an escape', '{"a":"\\n"}'],
    ['a name with an escape', '{"\\u0062":1,"a":1}'],
    ['null', '{"a":null}'],
    ['no value', '{"b":1}'],
    ['a boolean', '{"a":true}'],
    ['an object', '{"a":{}}'],
    ['an empty object', '{}'],
    ['no JSON', '{"a":1'],
    ['a text without an end', '{"a":"1'],
    ['an object without an end', '{"b":{"a":1'],
    ['nothing', ''],
  ])('%s, and goes on after it', (_, text) => {
    const columns = columnsOf(['a']);
    const read = readAll(linesOf(['{"a":1}', text, '{"a":2}', text]), columns, RowForm.asItIs);
    expect(read.map(({ index, key }) => [index, key])).toEqual([
      [0, '1\n'],
      [2, '2\n'],
    ]);
  });

  test.each([
    ['before', '{"m_p":1,"m":{"p":"x"}}'],
    ['behind', '{"m":{"p":"x"},"m_p":1}'],
    ['with an escape', '{"m":{"p":"x"},"\\u006d_p":1}'],
  ])('a document that has the name of a column %s it', (_, text) => {
    const columns = columnsOf(['m', 'p']);
    expect(readAll(linesOf([text]), columns, RowForm.lifted)).toEqual([]);
    expect(() => rowBy[RowForm.lifted](text, columns)).toThrow(/has no room for the column of m_p/);
  });

  test('a document that is longer than its memory, and reads those around it', () => {
    const columns = columnsOf(['a']);
    const documents = [10, 300_000, 3_000_000, 10].map(
      (size, index) => `{"b":"${'x'.repeat(size)}","a":${index}}`,
    );
    const read = readAll(linesOf(documents), columns, RowForm.asItIs);
    expect(read.map(({ key }) => key)).toEqual(['0\n', '1\n', '3\n']);
  });
});

test('bytes that are no JSON are at most left to others', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.stringMatching(/^[{}[\]":,\\a1m p]{0,60}$/),
    fc
      .tuple(keyedDocument, fc.nat(200), fc.constantFrom('"', '\\', '{', '}', '[', ',', '\0', ''))
      .map(([text, at, put]) => `${text.slice(0, at)}${put}${text.slice(at + 1)}`),
  );
  const columns = columnsOf(['a'], ['m', 'p']);
  const plan = planKey(columns);
  if (plan === undefined) throw new Error('there is no plan');
  fc.assert(
    fc.property(fc.array(junk, { minLength: 1, maxLength: 20 }), anyForm, (texts, form) => {
      const lines = linesOf(texts.map((text) => text.replaceAll('\n', ' ')));
      expect(kernel.open(plan, lines, 0, texts.length)).toBe(true);
      for (let from = 0; from < texts.length; from++) {
        const { count, bytes, rows } = kernel.read(from, texts.length, form, undefined);
        expect(count).toBeLessThanOrEqual(texts.length - from);
        // Nothing is there but parts of the documents.
        expect(bytes.length).toBeLessThanOrEqual(lines.bytes.length);
        expect(rows.bytes.length).toBeLessThanOrEqual(3 * lines.bytes.length);
        from += count;
      }
    }),
    { numRuns: 1000 },
  );
});

test('reads documents of many windows, and rows for which there is only just room', () => {
  const columns = columnsOf(['m', 'p']);
  const texts = Array.from({ length: 400 }, (_, index) => {
    const key = 'k'.repeat((index * 997) % 120_000);
    return `{"m":{"p":"${index + 1000}${key}"}}`;
  });
  const read = readAll(linesOf(texts), columns, RowForm.lifted);
  expect(read.length).toBe(400);
  for (const { index, row } of read) {
    expect(row === rowBy[RowForm.lifted](texts[index] ?? '', columns)).toBe(true);
  }
});

test.each([
  ['none', []],
  ['one twice', [['a'], ['a']]],
  ['one inside of another', [['a'], ['a', 'b']]],
  ['a deep one', [['a', 'b', 'c']]],
  ['a name with a quote', [['a"b']]],
  ['a name with a slash', [['a/b']]],
  ['a very long name', [['a'.repeat(20_000)]]],
])('there is no plan for a key of columns of which there is %s', (_, paths) => {
  expect(planKey(columnsOf(...paths))).toBeUndefined();
});
