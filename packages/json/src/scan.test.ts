import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonError } from './json-error.ts';
import type { Lines } from './lines.ts';
import { createScanner } from './scan.ts';
import type { ScanOptions } from './scan.ts';

describe('values', () => {
  test.each([
    { text: '', lines: [] },
    { text: ' \t\r\n ', lines: [] },
    { text: '{}', lines: ['{}'] },
    { text: '{}{}{ }', lines: ['{}', '{}', '{ }'] },
    { text: '{"a":1}\n{"a":2}\n', lines: ['{"a":1}', '{"a":2}'] },
    { text: '{\r\n  "a": [\n1,\n2]\n}\n', lines: ['{    "a": [ 1, 2] }'] },
    { text: '{"a":1.50e+07,"b":"\\u0041\\/"}', lines: ['{"a":1.50e+07,"b":"\\u0041\\/"}'] },
    { text: '{"a":"é漢😀"} {"":{"":{}}}', lines: ['{"a":"é漢😀"}', '{"":{"":{}}}'] },
  ])('$text', ({ text, lines }) => {
    expect(texts(scanWhole(values, Buffer.from(text)))).toEqual(lines);
  });

  test('are delivered with the bytes that are done with', () => {
    const scanner = createScanner(values);
    const { lines, consumed, closed } = scanner.scan(Buffer.from(' {"a":1} \n {"b":'), false);
    expect({ lines: texts([lines]), consumed, closed }).toEqual({
      lines: ['{"a":1}'],
      consumed: 11,
      closed: false,
    });
  });

  test('own their bytes', () => {
    const scanner = createScanner(values);
    const first = scanner.scan(Buffer.from('{"a":1}'), false).lines;
    scanner.scan(Buffer.from('{"b":2}'), true);
    expect(texts([first])).toEqual(['{"a":1}']);
    expect(first.bytes.byteLength).toBe(first.bytes.buffer.byteLength);
  });
});

describe('elements', () => {
  test.each([
    { text: ']', lines: [], consumed: 1 },
    { text: ' \n]]', lines: [], consumed: 3 },
    { text: '{} ] x', lines: ['{}'], consumed: 4 },
    { text: '{"a":[]},\n{"a":"]"}]', lines: ['{"a":[]}', '{"a":"]"}'], consumed: 20 },
  ])('$text', ({ text, lines, consumed }) => {
    const scan = createScanner(elements).scan(Buffer.from(text), true);
    expect({ ...scan, lines: texts([scan.lines]) }).toEqual({ lines, consumed, closed: true });
  });

  test.each([
    { text: ',{}]', reason: "unexpected character ','", offset: 0 },
    { text: '{} {}]', reason: "unexpected character '{'", offset: 3 },
    { text: '{},]', reason: "unexpected character ']'", offset: 3 },
    { text: '{},,{}]', reason: "unexpected character ','", offset: 3 },
    { text: '{}', reason: 'unexpected end', offset: 2 },
    { text: '{},', reason: 'unexpected end', offset: 3 },
    { text: '', reason: 'unexpected end', offset: 0 },
    { text: '{}}', reason: "unexpected character '}'", offset: 2 },
    { text: '7]', reason: 'a number, where an object is expected', offset: 0 },
  ])('$text is an error: $reason', ({ text, reason, offset }) => {
    expect(failure(elements, Buffer.from(text))).toEqual({ reason, offset });
  });

  test('take nothing after their end', () => {
    const scanner = createScanner(elements);
    scanner.scan(Buffer.from(']'), false);
    expect(scanner.scan(Buffer.from('{}'), true)).toMatchObject({ consumed: 0, closed: true });
  });
});

describe('an added member', () => {
  const member = {
    name: '_meta',
    before: Buffer.from('{"file":"a.csv","offset":'),
    after: Buffer.from('}'),
    first: 98,
  };

  test('comes first and counts up', () => {
    const found = scanWhole({ ...values, member }, Buffer.from('{"a":1} {} {\n}\n{ "b":2}'));
    expect(texts(found)).toEqual([
      '{"_meta":{"file":"a.csv","offset":98},"a":1}',
      '{"_meta":{"file":"a.csv","offset":99}}',
      '{"_meta":{"file":"a.csv","offset":100} }',
      '{"_meta":{"file":"a.csv","offset":101}, "b":2}',
    ]);
  });

  test.each(['', 'é"\\\n', 'a name of more than sixteen bytes, and of more than thirty-two'])(
    'may be called %j',
    (name) => {
      const [line = ''] = texts(
        scanWhole({ ...values, member: { ...member, name } }, Buffer.from('{"x":1}')),
      );
      expect(JSON.parse(line)).toEqual({ [name]: { file: 'a.csv', offset: 98 }, x: 1 });
    },
  );

  test('has numbers up to the largest that are exact', () => {
    const first = Number.MAX_SAFE_INTEGER - 1;
    const found = scanWhole({ ...values, member: { ...member, first } }, Buffer.from('{}{}'));
    expect(texts(found).map((line) => /\d+/.exec(line)?.[0])).toEqual([
      '9007199254740990',
      '9007199254740991',
    ]);
  });

  test.each([
    { document: '{"_meta":1}', offset: 1 },
    { document: '{"a":{"_meta":1},"_meta":1}', offset: 17 },
    { document: '{ "\\u005fmeta" :1}', offset: 2 },
    { document: '{"_m\\u0065t\\u0061":1}', offset: 1 },
  ])('must not be there already: $document', ({ document, offset }) => {
    expect(failure({ ...values, member }, Buffer.from(document))).toEqual({
      reason: 'a member with the name of the one to be added',
      offset,
    });
  });

  test.each(['_met', '_meta_', '_Meta', '\\u005fmet', '_meta\\u0000', '\\"_meta', 'é', ''])(
    'may have a neighbour called %s',
    (name) => {
      const found = scanWhole({ ...values, member }, Buffer.from(`{"${name}":{"_meta":1}}`));
      expect(texts(found)).toHaveLength(1);
    },
  );

  test('is recognised with every escape of its name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, other) => {
        const escaped = [...other].map((char) => [...char.split('')].map(unicodeEscape).join(''));
        const document = Buffer.from(`{"${escaped.join('')}":1}`);
        const options = { ...values, member: { ...member, name } };
        if (name === other) expect(() => scanWhole(options, document)).toThrow(JsonError);
        else expect(texts(scanWhole(options, document))).toHaveLength(1);
        expect(() =>
          scanWhole({ ...values, member: { ...member, name: other } }, document),
        ).toThrow(JsonError);
      }),
    );
  });
});

describe('pieces', () => {
  const text =
    ' {"a":1,"b":[true,false,null,"x\\u0041\\ud83d\\ude00\\"\\\\",-1.5e-7,{}],"é":"漢😀"}\r\n' +
    '{}{\n"long":"0123456789abcdef0123456789abcdef\\\\\\\\"} {"z":[[[]],0]}';
  const whole = Buffer.from(text);

  test('cut anywhere give the same documents', () => {
    const expected = texts(scanWhole(values, whole));
    expect(expected).toHaveLength(4);
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(texts(scanPieces(values, whole, [cut]))).toEqual(expected);
    }
  });

  test('of an array cut anywhere give the same documents', () => {
    const array = Buffer.from(`${texts(scanWhole(values, whole)).join(' ,\n')} ] trailer`);
    const expected = texts(scanWhole(elements, array));
    expect(expected).toHaveLength(4);
    for (let cut = 0; cut <= array.length; cut++) {
      expect(texts(scanPieces(elements, array, [cut]))).toEqual(expected);
    }
  });

  test('never make a document that goes on an error', () => {
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(() => createScanner(values).scan(whole.subarray(0, cut), false)).not.toThrow();
    }
  });

  test('of one byte give the same documents', () => {
    const cuts = Array.from(whole, (_, index) => index);
    expect(texts(scanPieces(values, whole, cuts))).toEqual(texts(scanWhole(values, whole)));
  });
});

describe('sizes', () => {
  test('strings, names and blanks of any length keep their bytes', () => {
    for (let length = 0; length <= 130; length++) {
      const run = 'x'.repeat(length);
      const document = `{${' '.repeat(length)}"${run}":"${run}","n":${'1'.repeat(length + 1)}}`;
      expect(texts(scanWhole(values, Buffer.from(document + document)))).toEqual([
        document,
        document,
      ]);
    }
  });

  test.each(['\\\\', '\\"', '\\n', '\\u0041', '\\ud83d\\ude00', 'é', '漢', '😀'])(
    '%s may stand across any border',
    (piece) => {
      for (let length = 0; length <= 130; length++) {
        const document = `{"a":"${'x'.repeat(length)}${piece}","b":"${piece.repeat(length)}"}`;
        expect(texts(scanWhole(values, Buffer.from(document)))).toEqual([document]);
      }
    },
  );

  test('an odd run of backslashes leaves a string open', () => {
    for (let length = 1; length < 130; length += 2) {
      const document = Buffer.from(`{"a":"${'\\'.repeat(length)}"}`);
      expect(failure(values, document).reason).toBe('unterminated string');
    }
  });

  test('a document of 5 MB comes whole', () => {
    const document = JSON.stringify({ list: Array.from({ length: 350_000 }, (_, i) => `row ${i} "`) });
    const bytes = Buffer.from(`{"a":1}\n${document}\n{"b":2}`);
    expect(bytes.length).toBeGreaterThan(5e6);
    const found = texts(scanWhole(values, bytes));
    expect(found.length).toBe(3);
    expect(found[1] === document).toBe(true);
  });

  test('about 1 MiB of documents come at once', () => {
    const bytes = Buffer.from('{"a":"0123456789"}\n'.repeat(200_000));
    const scanner = createScanner(values);
    let count = 0;
    for (let at = 0; at < bytes.length; ) {
      const { lines, consumed } = scanner.scan(bytes.subarray(at), true);
      expect(lines.bytes.length).toBeLessThanOrEqual(1024 * 1024 + 4096);
      count += lines.ends.length;
      at += consumed;
    }
    expect(count).toBe(200_000);
  });

  test('many small documents with a long member come in turns', () => {
    const member = {
      name: 'm',
      before: Buffer.from(`["${'x'.repeat(5000)}",`),
      after: Buffer.from(']'),
      first: 0,
    };
    const found = texts(scanWhole({ ...values, member }, Buffer.from('{}'.repeat(1000))));
    expect(found.map((line) => line.slice(-6))).toEqual(
      Array.from({ length: 1000 }, (_, index) => `",${index}]}`.slice(-6).padStart(6, 'x')),
    );
  });

  test('megabytes of white space are passed', () => {
    const blank = ' '.repeat(3_000_000);
    const bytes = Buffer.from(`${blank}{"a":${blank}1}${blank}`);
    expect(texts(scanWhole(values, bytes))).toEqual([`{"a":${blank}1}`]);
  });
});

describe('errors', () => {
  test('come after the documents before them', () => {
    const bytes = Buffer.from('{"a":1}\n{"b":2}\n{"c":}\n{"d":4}');
    const scanner = createScanner(values);
    const { lines, consumed } = scanner.scan(bytes, true);
    expect(texts([lines])).toEqual(['{"a":1}', '{"b":2}']);
    expect(() => scanner.scan(bytes.subarray(consumed), true)).toThrow(
      new JsonError("unexpected character '}'", 5, 0),
    );
  });

  test('are counted from the start of the chunk, whatever precedes the document', () => {
    expect(failure(values, Buffer.from('  \n 17'))).toEqual({
      reason: 'a number, where an object is expected',
      offset: 4,
    });
  });

  test('beyond the first megabyte have their offset', () => {
    const bytes = Buffer.from(`{"a":"${'x'.repeat(3_000_000)}"]`);
    expect(failure(values, bytes)).toEqual({
      reason: "unexpected character ']'",
      offset: bytes.length - 1,
    });
  });
});

test('what JSON.parse reads comes as it was written, in any layout', () => {
  const documents = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), wellFormedJson()));
  fc.assert(
    fc.property(documents, fc.constantFrom('', ' ', '\n', '\t', '\r\n  '), (list, space) => {
      const written = list.map((value) => JSON.stringify(value, null, space));
      const found = texts(scanWhole(values, Buffer.from(written.join(space))));
      expect(found).toEqual(written.map((text) => text.replace(/[\r\n]/g, ' ')));
      expect(found.map((line) => JSON.parse(line))).toEqual(list);
    }),
  );
});

describe('any bytes', () => {
  const seeds = [
    '{"a":1,"b":[true,false,null,"x\\u0041\\ud83d\\ude00\\"\\\\",-1.5e-7,{}],"é":"漢😀"}',
    '{}{"a":{"b":{"c":[[],[0,{"d":""}]]}}}\n{ "k" : 0.10 , "l":-0 }',
    '{"key of more than sixteen bytes":"value of more than thirty-two bytes, truly"}',
  ].map((seed) => Buffer.from(seed));
  const palette = Buffer.from('{}[]",:\\u0123dDeE+-. \n\ttrufalsn\u0000\u001f\u00e9');
  const edit = fc.record({
    at: fc.nat(200),
    remove: fc.nat(4),
    insert: fc.array(fc.oneof(fc.constantFrom(...palette), fc.nat(255)), { maxLength: 4 }),
  });
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 }))
    .map(([seed, edits]) => edits.reduce(applyEdit, seed));
  const bytes = fc.oneof(mutated, fc.uint8Array({ maxLength: 64 }).map((raw) => Buffer.from(raw)));

  test('are documents or an error, and of one document exactly what JSON.parse reads', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        const input = Buffer.concat([Buffer.from('{"":'), raw, Buffer.from('}')]);
        expect(accepts(input)).toBe(isObject(input));
        expect(accepts(raw, 1)).toBe(isObject(raw));
      }),
      { numRuns: 20_000 },
    );
  });

  test('are judged alike in one piece and in two', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (raw, at) => {
        const cut = raw.length === 0 ? 0 : at % raw.length;
        expect(outcome(() => scanPieces(values, raw, [cut]))).toEqual(
          outcome(() => scanPieces(values, raw, [])),
        );
      }),
      { numRuns: 5_000 },
    );
  });
});

const values: ScanOptions = { separator: 'values' };
const elements: ScanOptions = { separator: 'elements' };

function texts(found: readonly Lines[]): string[] {
  return found.flatMap(({ bytes, ends }) => {
    expect(ends.at(-1) ?? 0).toBe(bytes.length);
    return Array.from(ends, (end, index) => {
      const line = Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end)).toString();
      expect(line.endsWith('\n')).toBe(true);
      return line.slice(0, -1);
    });
  });
}

function scanWhole(options: ScanOptions, bytes: Buffer): Lines[] {
  return scanPieces(options, bytes, []);
}

/** Scans bytes that arrive cut at some places: each time what is left over and one piece more. */
function scanPieces(options: ScanOptions, bytes: Buffer, cuts: readonly number[]): Lines[] {
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

function failure(options: ScanOptions, bytes: Buffer): { reason: string; offset: number } {
  const scanner = createScanner(options);
  let at = 0;
  for (let calls = 0; calls <= bytes.length; calls++) {
    try {
      at += scanner.scan(bytes.subarray(at), true).consumed;
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      expect(error.document).toBe(0);
      expect(error.message).toBe(`${error.reason} at byte ${error.offset}`);
      return { reason: error.reason, offset: at + error.offset };
    }
  }
  throw new Error('no error');
}

function outcome(scan: () => Lines[]): string[] | string {
  try {
    return texts(scan());
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return error.reason;
  }
}

function accepts(bytes: Buffer, documents?: number): boolean {
  const found = outcome(() => scanWhole(values, bytes));
  return typeof found !== 'string' && (documents === undefined || found.length === documents);
}

/** Whether all the bytes are one JSON object, by slow and separate means. */
function isObject(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  try {
    // A byte-order mark would be dropped here.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    let wellFormed = true;
    const value: unknown = JSON.parse(text, (key, part: unknown) => {
      if (isLone(key) || (typeof part === 'string' && isLone(part))) wellFormed = false;
      return part;
    });
    return wellFormed && typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function isLone(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function applyEdit(
  bytes: Buffer,
  { at, remove, insert }: { at: number; remove: number; insert: number[] },
): Buffer {
  const from = bytes.length === 0 ? 0 : at % bytes.length;
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(insert), bytes.subarray(from + remove)]);
}

function wellFormedJson(): fc.Arbitrary<fc.JsonValue> {
  return fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)));
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
