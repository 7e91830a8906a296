import { isFailure } from '@fairlead/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memberOf } from '../discovery/tagged.ts';
import { FaunaError, readFaunaError } from './fauna-error.ts';

const errors = [
  {
    errors: [
      {
        position: ['map', 'expr', 0],
        code: 'validation failed',
        description: 'document data is not valid.',
        failures: [
          { field: ['data', 'a'], code: 'value required', description: 'Value is required.' },
        ],
      },
    ],
  },
  { error: { code: 'invalid_query', message: 'The query failed.' }, summary: '', txn_ts: 1 },
].map((error) => Buffer.from(JSON.stringify(error)));

/** An answer of a server with some bytes changed, or any bytes at all. */
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(
      fc.constantFrom(...errors),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 }),
      fc.nat(),
    )
    .map(([body, changes, cut]) => {
      const bytes = Uint8Array.from(body);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length);
    }),
);

test('whatever a server answers, it is an error of Fauna or none', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      const error = readFaunaError(400, body);
      if (error === undefined) return;
      expect(error).toBeInstanceOf(FaunaError);
      expect(error.code).not.toBe('');
      expect(error.description).not.toMatch(/[\r\n]/);
    }),
  );
});

test('whatever a server answers, it is a value or a plain failure', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      try {
        memberOf(body, 'resource', 'there');
      } catch (error) {
        expect(isFailure(error) && error.kind).toBe('data');
      }
    }),
  );
});

test.each([
  ['deep nesting', Buffer.from(`{"errors":${'['.repeat(5000)}${']'.repeat(5000)}}`)],
  ['half of a character', Buffer.from('{"errors":[{"code":"\\ud800"}]}')],
  ['no code', Buffer.from('{"errors":[{"description":"x"}]}')],
  ['no errors', Buffer.from('{"errors":[]}')],
  [
    'more than anybody reads',
    Buffer.from(`{"errors":[{"code":"x","description":"${'x'.repeat(2 ** 20)}"}]}`),
  ],
])('%s is no error of Fauna', (_what, body) => {
  expect(readFaunaError(400, body)).toBeUndefined();
});

test('a long description is cut', () => {
  const body = Buffer.from(
    JSON.stringify({ errors: [{ code: 'x', description: 'y'.repeat(5000) }] }),
  );
  expect(readFaunaError(400, body)?.description).toBe(`${'y'.repeat(400)}…`);
});
