import { takeBlock } from './blocks.ts';
import { fieldSize } from './field-table.ts';
import {
  align,
  counterSize,
  freeAddress,
  inputPadding,
  openKernel,
  scratchSize,
  writeCounter,
} from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { KnownFields } from './known-fields.ts';
import type { Lines, MemberPlaces } from './lines.ts';
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
  /** Where its value begins in a document. */
  readonly valueAt: number;
  /** `{"name":` and what comes before the number. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface WindowScan {
  /** The documents that are whole; they own their bytes. */
  readonly lines: Lines;
  /** Bounds of what the documents of the input hold, by {@link KnownFields.take}; of an added member nothing. */
  readonly shape: Shape | undefined;
  /** In memory that may be given back; absent when a member was not known before, or they take more than the lines. */
  readonly places: MemberPlaces | undefined;
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
  const begin = Buffer.from(`{${JSON.stringify(member.name)}:`);
  return {
    name: Buffer.from(member.name),
    valueAt: begin.length,
    before: Buffer.concat([begin, member.before]),
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
  const { name, valueAt, before, after } = member ?? noMember;
  const nameAt = align(tableAt + fields.size);
  const beforeAt = align(nameAt + name.length + inputPadding);
  const afterAt = align(beforeAt + before.length + inputPadding);
  const from = align(afterAt + after.length + inputPadding);
  const to = align(from + input.length + inputPadding);
  const limit = to + Math.max(outputSize, input.length + before.length + after.length + 256);
  const longKeyAt = limit + inputPadding;
  const placesAt = align(longKeyAt + input.length + inputPadding) + placeSize;
  const placesEnd = placesAt + align(input.length);
  const kernel = openKernel(placesEnd + fields.room * placeSize);
  const { run } = kernel;
  const { names } = fields;
  const step = names.length === 0 ? 0 : placeSize * (names.length + (member === undefined ? 0 : 1));
  run.setPlaces(step === 0 ? 0 : placesAt, placesEnd, step);
  if (member === undefined) run.setMember(0, 0, 0, 0, 0, 0, 0, 0);
  else {
    kernel.write(nameAt, name);
    kernel.write(beforeAt, before);
    kernel.write(afterAt, after);
    writeCounter(kernel, counterAt, number);
    const length = after.length;
    run.setMember(
      beforeAt,
      before.length,
      afterAt,
      length,
      counterAt,
      nameAt,
      name.length,
      valueAt,
    );
  }
  kernel.write(from, input);
  fields.lay(kernel, tableAt, longKeyAt);
  run.scan(from, from + input.length, place, tableAt, scratchAt, to, limit, endsAt, endsEnd);
  const faultAt = (run.faultAt.value >>> 0) - from;
  const shape = fields.take(kernel);
  const isNoted = step > 0 && fields.names === names && run.placesFull.value === 0;
  return {
    lines: {
      bytes: ownedBytes(kernel.bytes.subarray(to, run.written.value >>> 0)),
      ends: kernel.words.slice(endsAt >> 2, (endsAt >> 2) + run.documents.value),
    },
    shape,
    places: isNoted ? placesOf(kernel, placesAt, step, names, member) : undefined,
    consumed: (run.consumed.value >>> 0) - from,
    place: run.place.value,
    fault: run.fault.value,
    faultAt,
    cutOff: run.fault.value !== 0 && faultAt >= input.length,
  };
}

const noMember: MemberBytes = {
  name: new Uint8Array(),
  valueAt: 0,
  before: new Uint8Array(),
  after: new Uint8Array(),
};

const outputSize = 1024 * 1024;
/** The two words of a place: an eighth of its field. */
const placeSize = fieldSize / 8;
/** Documents of two bytes are no more than this at once. */
const mostDocuments = 65_536;

// The memory: scratch, the counter, the ends of the lines, the fields, the member, the input, the output, the
// longest key, the places.
const scratchAt = freeAddress;
const counterAt = scratchAt + scratchSize;
const endsAt = counterAt + counterSize;
const endsEnd = endsAt + 4 * mostDocuments;
const tableAt = endsEnd;

function placesOf(
  kernel: Kernel,
  address: number,
  step: number,
  names: readonly string[],
  member: MemberBytes | undefined,
): MemberPlaces {
  const size = kernel.run.documents.value * step;
  const { buffer } = ownedBytes(kernel.bytes.subarray(address, address + size));
  const added = member === undefined ? [] : [Buffer.from(member.name).toString()];
  return { names: [...names, ...added], words: new Uint32Array(buffer, 0, size / 4) };
}

function ownedBytes(view: Uint8Array): Uint8Array {
  const bytes = takeBlock(view.length);
  bytes.set(view);
  return bytes;
}
