import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonError } from './json-error.ts';
import { createScanner } from './scan.ts';
import { elements, failure, scanPieces, scanWhole, texts, values } from './scan-test-support.ts';

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
    const anyName = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(anyName, anyName, (name, other) => {
        const document = Buffer.from(`{"${escaped(other)}":1}`);
        const isRefused = (reserved: string): boolean =>
          isError(() => scanWhole({ ...values, member: { ...member, name: reserved } }, document));
        expect([isRefused(name), isRefused(other)]).toEqual([name === other, true]);
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
    const document = JSON.stringify({
      list: Array.from({ length: 350_000 }, (_, i) => `row ${i} "`),
    });
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
    for (let at = 0; at < bytes.length;) {
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
    const next = (): unknown => scanner.scan(bytes.subarray(consumed), true);
    expect(next).toThrow(JsonError);
    expect(next).toThrow(
      expect.objectContaining({
        name: 'JsonError',
        message: "unexpected character '}' at byte 5",
        reason: "unexpected character '}'",
        offset: 5,
        document: 0,
      }),
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

function isError(scan: () => unknown): boolean {
  try {
    scan();
    return false;
  } catch (error) {
    return error instanceof JsonError;
  }
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    const unit = text.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
