import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeGrpcMessage, encodeGrpcMessage } from './grpc-message.ts';
import { decodeGrpcTimeout, encodeGrpcTimeout } from './grpc-timeout.ts';
import { fromHeaders, toHeaders } from './metadata.ts';
import { parseStatus, Status, statusName } from './status.ts';

describe('grpc-message', () => {
  test('comes back as it was, in printable ASCII on the way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodeGrpcMessage(text);
        expect(encoded).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeGrpcMessage(encoded)).toBe(text);
      }),
    );
  });

  test.each([
    { encoded: '100%', text: '100%' },
    { encoded: '%zz%41', text: '%zzA' },
    { encoded: 'a%0', text: 'a%0' },
    { encoded: '%e2%82%ac', text: '€' },
    { encoded: '%ff', text: '\ufffd' },
  ])('reads $encoded as $text', ({ encoded, text }) => {
    expect(decodeGrpcMessage(encoded)).toBe(text);
  });
});

describe('grpc-timeout', () => {
  test.each([
    { ms: 0, text: '1m' },
    { ms: -5, text: '1m' },
    { ms: 0.2, text: '1m' },
    { ms: 99_999_999, text: '99999999m' },
    { ms: 100_000_000, text: '100000S' },
    { ms: 1e12, text: '277778H' },
    { ms: Number.MAX_VALUE, text: '99999999H' },
  ])('of $ms ms is $text', ({ ms, text }) => {
    expect(encodeGrpcTimeout(ms)).toBe(text);
  });

  test.each([
    { text: '2H', ms: 7_200_000 },
    { text: '3M', ms: 180_000 },
    { text: '4S', ms: 4000 },
    { text: '5m', ms: 5 },
    { text: '6000u', ms: 6 },
    { text: '7000000n', ms: 7 },
    { text: '123456789m', ms: undefined },
    { text: '5', ms: undefined },
    { text: '-5m', ms: undefined },
  ])('$text means $ms ms', ({ text, ms }) => {
    if (ms === undefined) expect(decodeGrpcTimeout(text)).toBeUndefined();
    else expect(decodeGrpcTimeout(text)).toBeCloseTo(ms);
  });
});

describe('metadata', () => {
  test('comes back as it was, bytes under -bin included', () => {
    const name = fc.stringMatching(/^x-[a-z0-9_.]{1,8}$/);
    const text = fc.tuple(name, fc.stringMatching(/^[\x21-\x7e]{0,12}$/));
    const binary = fc.tuple(
      name.map((start) => `${start}-bin`),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(text, binary)), (entries) => {
        const metadata = Object.fromEntries(entries);
        expect(fromHeaders(toHeaders(metadata))).toEqual(metadata);
      }),
    );
  });

  test.each([
    { metadata: { 'a-bin': 'text' }, message: 'metadata "a-bin" must be bytes' },
    { metadata: { a: new Uint8Array(1) }, message: 'metadata "a" must be printable ASCII' },
    { metadata: { a: 'ü' }, message: 'metadata "a" must be printable ASCII' },
    { metadata: { a: 'x\r\ny: z' }, message: 'metadata "a" must be printable ASCII' },
    { metadata: { A: 'x' }, message: '"A" cannot be the name of metadata' },
    { metadata: { 'grpc-status': '0' }, message: '"grpc-status" cannot be the name of metadata' },
    { metadata: { ':path': '/' }, message: '":path" cannot be the name of metadata' },
    { metadata: { te: 'x' }, message: '"te" cannot be the name of metadata' },
  ])('$metadata cannot be sent', ({ metadata, message }) => {
    expect(() => toHeaders(metadata)).toThrow(new TypeError(message));
  });

  test('several texts are joined, of several binary values the first is kept', () => {
    const headers = { 'set-cookie': ['a', 'b'], 'x-bin': 'YQ==, Yg==', 'content-type': 'x' };
    expect(fromHeaders(headers)).toEqual({ 'set-cookie': 'a, b', 'x-bin': Buffer.from('a') });
  });
});

describe('grpc-status', () => {
  test.each(Object.entries(Status))('%s is read and named', (name, code) => {
    expect(parseStatus(String(code))).toBe(code);
    expect(statusName(code)).toBe(name);
  });

  test.each(['17', '', 'OK', '-1', '1e0', '999999999999'])('%j is UNKNOWN', (text) => {
    expect(parseStatus(text)).toBe(Status.UNKNOWN);
  });
});
