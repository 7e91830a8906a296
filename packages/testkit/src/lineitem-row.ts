import { mix32 } from './random.ts';

/** How rows are spelt: what stands before each value, around texts, and for nothing. */
export interface RowForm {
  readonly before: readonly Uint8Array[];
  readonly after: Uint8Array;
  readonly quote: Uint8Array;
  readonly nothing: Uint8Array;
  readonly remarks: readonly Uint8Array[];
}

/** No row is longer, in either form. */
export const longestRowBytes = 1024;

/**
 * Writes row `index` of the rows that belong to `seed` and returns where it ends. A row depends on
 * nothing else, so any part of a file can be made alone.
 */
export function writeRow(
  form: RowForm,
  index: number,
  seed: number,
  out: Uint8Array,
  start: number,
): number {
  const { before, quote } = form;
  const a = mix32(index ^ mix32(seed));
  const b = mix32(a ^ 0x9e3779b9);
  const c = mix32(b ^ 0x85ebca6b);
  const shipped = b % shipDays;
  let at = writeDigits(out, put(out, start, before[0]), (index >>> 2) + 1);
  at = writeDigits(out, put(out, at, before[1]), (a % 200_000) + 1);
  at = writeDigits(out, put(out, at, before[2]), ((a >>> 8) % 10_000) + 1);
  at = writeDigits(out, put(out, at, before[3]), (index & 3) + 1);
  at = writeCents(out, put(out, at, before[4]), ((a >>> 16) % 50) * 100 + 100);
  at = writeCents(out, put(out, at, before[5]), (b % 9_500_000) + 90_000);
  at = writeCents(out, put(out, at, before[6]), (b >>> 24) % 11);
  at = writeCents(out, put(out, at, before[7]), (c >>> 8) % 9);
  at = writeText(out, put(out, at, before[8]), quote, returnFlags[c % returnFlags.length]);
  at = writeText(out, put(out, at, before[9]), quote, lineStatuses[(c >>> 4) & 1]);
  at = writeText(out, put(out, at, before[10]), quote, dates[shipped]);
  at = put(out, at, before[11]);
  if ((c & 15) === 0) at = put(out, at, form.nothing);
  else at = writeText(out, at, quote, dates[shipped + ((c >>> 10) % 60)]);
  const received = shipped + 1 + ((c >>> 16) % 30);
  at = writeText(out, put(out, at, before[12]), quote, dates[received]);
  at = writeText(out, put(out, at, before[13]), quote, instructions[(c >>> 22) & 3]);
  at = writeText(out, put(out, at, before[14]), quote, modes[(c >>> 24) % modes.length]);
  at = put(out, at, before[15]);
  if ((a & 31) === 1) at = put(out, at, form.nothing);
  else at = writeRemark(form, a, c, out, at);
  return put(out, at, form.after);
}

/** Words that need no escape, or a phrase that needs one in either form. */
function writeRemark(form: RowForm, a: number, c: number, out: Uint8Array, start: number): number {
  const { remarks } = form;
  if ((a & 31) === 2) return put(out, start, remarks[(c >>> 3) % remarks.length]);
  let at = put(out, start, form.quote);
  at = put(out, at, words[(a >>> 5) & 31]);
  at = put(out, at, words[(a >>> 10) & 31]);
  at = put(out, at, words[(a >>> 15) & 31]);
  if ((a & 0x10_0000) !== 0) at = put(out, at, words[(a >>> 21) & 31]);
  return put(out, at, form.quote);
}

function writeText(
  out: Uint8Array,
  start: number,
  quote: Uint8Array,
  text: Uint8Array | undefined,
): number {
  return put(out, put(out, put(out, start, quote), text), quote);
}

function put(out: Uint8Array, at: number, bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return at;
  const { length } = bytes;
  for (let i = 0; i < length; i++) out[at + i] = bytes[i] ?? 0;
  return at + length;
}

function writeDigits(out: Uint8Array, start: number, value: number): number {
  let end = start + 1;
  for (let power = 10; power <= value; power *= 10) end++;
  let rest = value;
  for (let at = end - 1; at >= start; at--) {
    const quotient = Math.trunc(rest / 10);
    out[at] = 0x30 + rest - quotient * 10;
    rest = quotient;
  }
  return end;
}

function writeCents(out: Uint8Array, start: number, value: number): number {
  const whole = Math.trunc(value / 100);
  const rest = value - whole * 100;
  const at = writeDigits(out, start, whole);
  out[at] = 0x2e;
  out[at + 1] = 0x30 + Math.trunc(rest / 10);
  out[at + 2] = 0x30 + (rest % 10);
  return at + 3;
}

const encoder = new TextEncoder();
const all = (texts: readonly string[]) => texts.map((text) => encoder.encode(text));

const shipDays = 2_526;
const dates = Array.from({ length: shipDays + 100 }, (_, day) =>
  encoder.encode(new Date(Date.UTC(1992, 0, 2 + day)).toISOString().slice(0, 10)),
);
const returnFlags = all(['A', 'N', 'R']);
const lineStatuses = all(['F', 'O']);
const instructions = all(['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN']);
const modes = all(['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK']);
const words = all(
  'quick ,final ,bold ,special ,regular ,pending ,express ,silent ,deposits ,accounts ,requests '
    .concat(',packages ,theodolites ,ideas ,foxes ,sleep ,nag ,haggle ,wake ,doze ,use ,cajole ')
    .concat(',boost ,along ,above ,across ,after ,against ,among ,around ,beside ,beyond ')
    .split(','),
);
