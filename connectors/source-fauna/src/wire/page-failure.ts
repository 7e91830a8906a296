import { Failure } from '@fairlead/sdk';
import type { Fault } from './kernel.ts';

/** The failure of an answer that is not what it should be: where in it, and in which document. */
export function pageFailure(body: Uint8Array, fault: Fault): Failure {
  const { offset, ref, row } = fault;
  const where = ref === undefined ? `document ${row + 1} of the page` : `document ${ref}`;
  const reason = reasonOf(fault.code, body[offset]);
  return new Failure('data', `Fauna's answer cannot be read: ${reason} at byte ${offset}`, {
    ...(isOfPage.has(fault.code) ? {} : { where }),
    ...(fault.code === loneSurrogate ? { hint: surrogateHint } : {}),
  });
}

const unexpected = 1;
const unterminated = 2;
const loneSurrogate = 5;
const noPage = 20;
export const tooLarge = 26;
const isOfPage: ReadonlySet<number> = new Set([noPage, tooLarge]);

/** Those below 20 are from `packages/json/kernel/validate.ts`, the others from `kernel/state.ts`. */
const reasons: Readonly<Record<number, string>> = {
  [unterminated]: 'unterminated string',
  3: 'control character in a string',
  4: 'invalid escape',
  [loneSurrogate]: 'lone surrogate',
  6: 'invalid UTF-8',
  [noPage]: 'no page where one was asked for',
  21: 'an element that is no object',
  22: 'no ref that names a document',
  23: 'no ts of a document',
  24: 'more than 65,536 levels of nesting',
  25: 'an event of an unknown kind',
  [tooLarge]: 'more than 256 MiB',
};

const surrogateHint =
  'The text is half of a character, which no other system takes: correct the document in Fauna.';

function reasonOf(code: number, byte: number | undefined): string {
  if (byte === undefined && (code === unexpected || code === unterminated)) return 'unexpected end';
  if (code === unexpected && byte !== undefined) return `unexpected ${nameOf(byte)}`;
  return reasons[code] ?? 'malformed JSON';
}

function nameOf(byte: number): string {
  const isPrintable = byte > 0x20 && byte < 0x7f;
  return isPrintable
    ? `character '${String.fromCharCode(byte)}'`
    : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
