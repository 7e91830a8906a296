import { takeBlock } from './blocks.ts';
import {
  align,
  counterSize,
  freeAddress,
  inputPadding,
  openKernel,
  scratchSize,
  writeCounter,
  writeInput,
} from './kernel.ts';
import type { KnownFields } from './known-fields.ts';
import type { Lines } from './lines.ts';
import type { Shape } from './shape.ts';

/** What may come next; the numbers are those of `kernel/scan.ts`. */
export const Place = {
  atStart: 0,
  afterElement: 1,
  afterComma: 2,
  afterEnd: 3,
  betweenValues: 4,
} as const;

/** The bytes of a member that is put first into each document. */
export interface MemberBytes {
  readonly name: Uint8Array;
  /** `{"name":` and what comes before the number. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface WindowScan {
  /** The documents that are whole; they own their bytes. */
  readonly lines: Lines;
  /** Bounds of what the documents of the input hold, by {@link KnownFields.take}; of an added member nothing. */
  readonly shape: Shape | undefined;
  /** How many bytes of the input are done with. */
  readonly consumed: number;
  readonly place: number;
  /** What follows the documents, as a number for {@link reasonOf}; 0 when nothing is wrong with it. */
  readonly fault: number;
  /** Where that is in the input. */
  readonly faultAt: number;
  /** Whether more input might repair the fault. */
  readonly cutOff: boolean;
}

/** The bytes for a member. */
export function encodeMember(member: {
  readonly name: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}): MemberBytes {
  return {
    name: Buffer.from(member.name),
    before: Buffer.concat([Buffer.from(`{${JSON.stringify(member.name)}:`), member.before]),
    after: member.after,
  };
}

/**
 * The documents of `input` from `place` on, as many as fit into 1 MiB and at least one that is
 * whole. The first one gets `number` in its added member.
 */
export function scanWindow(
  input: Uint8Array,
  place: number,
  fields: KnownFields,
  member: MemberBytes | undefined,
  number: number,
): WindowScan {
  const { name, before, after } = member ?? noMember;
  const nameAt = align(tableAt + fields.size);
  const beforeAt = align(nameAt + name.length + inputPadding);
  const afterAt = align(beforeAt + before.length + inputPadding);
  const from = align(afterAt + after.length + inputPadding);
  const to = align(from + input.length + inputPadding);
  const limit = to + Math.max(outputSize, input.length + before.length + after.length + 256);
  const longKeyAt = limit + inputPadding;
  const kernel = openKernel(longKeyAt + input.length + inputPadding);
  const { run } = kernel;
  if (member === undefined) run.setMember(0, 0, 0, 0, 0, 0, 0);
  else {
    writeInput(kernel, nameAt, name);
    writeInput(kernel, beforeAt, before);
    writeInput(kernel, afterAt, after);
    writeCounter(kernel, counterAt, number);
    run.setMember(beforeAt, before.length, afterAt, after.length, counterAt, nameAt, name.length);
  }
  writeInput(kernel, from, input);
  fields.lay(kernel, tableAt, longKeyAt);
  run.scan(from, from + input.length, place, tableAt, scratchAt, to, limit, endsAt, endsEnd);
  const faultAt = (run.faultAt.value >>> 0) - from;
  return {
    lines: {
      bytes: ownedBytes(kernel.bytes.subarray(to, run.written.value >>> 0)),
      ends: kernel.words.slice(endsAt >> 2, (endsAt >> 2) + run.documents.value),
    },
    shape: fields.take(kernel),
    consumed: (run.consumed.value >>> 0) - from,
    place: run.place.value,
    fault: run.fault.value,
    faultAt,
    cutOff: run.fault.value !== 0 && faultAt >= input.length,
  };
}

const noMember: MemberBytes = {
  name: new Uint8Array(),
  before: new Uint8Array(),
  after: new Uint8Array(),
};

const outputSize = 1024 * 1024;
/** Documents of two bytes are no more than this at once. */
const mostDocuments = 65_536;

// The memory: scratch, the counter, the ends of the lines, the fields, the member, the input, the output.
const scratchAt = freeAddress;
const counterAt = scratchAt + scratchSize;
const endsAt = counterAt + counterSize;
const endsEnd = endsAt + 4 * mostDocuments;
const tableAt = endsEnd;

function ownedBytes(view: Uint8Array): Uint8Array {
  const bytes = takeBlock(view.length);
  bytes.set(view);
  return bytes;
}
