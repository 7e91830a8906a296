import { wasmCode, WasmKernel, type WasmGlobal } from '@fairlead/json';
import { kernelBase64 } from './kernel.gen.ts';

/** Which answers there are: a page of FQL v4 or of FQL v10, or a page of an event feed. */
export type Dialect = 'v4' | 'v10' | 'feed';

/** What was read of an answer: rows in the memory of the kernel, good until its next call. */
export interface Rows {
  readonly count: number;
  /** The lines of all rows. */
  readonly lines: Uint8Array;
  /** Of each row the time in microseconds, where its line ends, where its ref begins and ends, and its action. */
  readonly ts: BigInt64Array;
  readonly ends: Uint32Array;
  readonly refs: Uint32Array;
  readonly actions: Uint8Array;
  /** The cursor of the next page, in the answer. */
  readonly after: Place | undefined;
  /** The error that an event feed ends with, in the answer. */
  readonly error: Place | undefined;
  readonly hasNext: boolean;
}

/** Why an answer could not be read. */
export interface Fault {
  /** What is wrong, by the numbers of `page-failure.ts`. */
  readonly code: number;
  /** Where, as an index into the answer. */
  readonly offset: number;
  /** The rows before. */
  readonly row: number;
  /** The ref of the row in which it is, when that is known. */
  readonly ref: string | undefined;
}

/** From where to where in the answer. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** The compiled `kernel/page.ts` of this thread and its memory, in which nothing outlives a call. */
export class Kernel {
  readonly #kernel = new WasmKernel(code, inputAt + 65_536);

  constructor() {
    const { bytes, run } = this.#kernel;
    for (const [index, text] of kernelTexts) {
      bytes[textsAt + index * 32] = text.length;
      bytes.write(text, textsAt + index * 32 + 1, 'latin1');
    }
    run.setMemory(textsAt, scratchAt, partsAt, openFramesAt, passedFramesAt);
  }

  /** How much memory it has. */
  get sizeBytes(): number {
    return this.#kernel.bytes.length;
  }

  /** The rows of `body`, with bytes in the URL-safe alphabet of base64 or in that which Fauna uses. */
  read(body: Uint8Array, dialect: Dialect, isUrlSafe: boolean): Rows | Fault {
    const kernel = this.#kernel;
    const size = body.length;
    const mostRows = Math.ceil(size / leastRow) + 1;
    const timesAt = align(inputAt + size + padding);
    const endsAt = timesAt + 8 * mostRows;
    const refsAt = endsAt + 4 * mostRows;
    const actionsAt = refsAt + 8 * mostRows;
    const linesAt = align(actionsAt + mostRows);
    kernel.reserve(linesAt + growth * size + padding);
    kernel.bytes.set(body, inputAt);
    kernel.bytes.fill(0, inputAt + size, inputAt + size + padding);
    const { run } = kernel;
    run.setOutput(linesAt, timesAt, endsAt, refsAt, actionsAt);
    const flag = isUrlSafe ? 1 : 0;
    const isRead =
      dialect === 'feed'
        ? run.readFeed(inputAt, inputAt + size, flag)
        : run.readPage(inputAt, inputAt + size, dialect === 'v10' ? 1 : 0, flag);
    const count = run.rows.value;
    if (isRead === 0) return this.#fault(count);
    const { buffer } = kernel.bytes;
    return {
      count,
      lines: new Uint8Array(buffer, linesAt, run.written.value - linesAt),
      ts: new BigInt64Array(buffer, timesAt, count),
      ends: new Uint32Array(buffer, endsAt, count),
      refs: new Uint32Array(buffer, refsAt, 2 * count),
      actions: new Uint8Array(buffer, actionsAt, count),
      after: place(run.afterStart.value, run.afterEnd.value),
      error: place(run.errorStart.value, run.errorEnd.value),
      hasNext: run.hasNext.value !== 0,
    };
  }

  #fault(row: number): Fault {
    const { bytes, run } = this.#kernel;
    const start = run.refStart.value;
    return {
      code: run.fault.value,
      offset: run.faultAt.value - inputAt,
      row,
      ref: start === 0 ? undefined : bytes.toString('utf8', start, run.refEnd.value),
    };
  }
}

/**
 * The kernel of this thread. Each has memory for the largest answer so far, and takes a part of the address
 * space. One that had to become large is let go when it has not been needed for a while.
 */
export function sharedKernel(sizeBytes: number): Kernel {
  const isSmall = sizeBytes <= largestKept / (1 + growth + 2);
  smallCalls = isSmall ? smallCalls + 1 : 0;
  if (shared === undefined || (shared.sizeBytes > largestKept && smallCalls >= callsUntilIdle)) {
    shared = new Kernel();
  }
  return shared;
}

let shared: Kernel | undefined;
let smallCalls = 0;
const largestKept = 32 * 1024 * 1024;
const callsUntilIdle = 64;

const textsAt = 1024;
const scratchAt = textsAt + 48 * 32;
const partsAt = scratchAt + 64;
const openFramesAt = 4096;
/** As many as `LEVELS` in `kernel/state.ts`. */
const levels = 65_536;
const passedFramesAt = openFramesAt + levels + 64;
const inputAt = align(passedFramesAt + levels + 64);
/** What may be read or written after the end. */
const padding = 128;
/** `{"ref":"","ts":0}`, or an event that has more. */
const leastRow = 17;
/** How many times longer the rows may be: `{"@mod":"F"}` becomes `{"id":"F","type":"collection"}`. */
const growth = 3;

/** By the numbers that `kernel/reference.ts` and `kernel/row.ts` have for them; none is longer than 31 bytes. */
const kernelTexts: readonly (readonly [number, string])[] = [
  ...pairs(0, [
    ['collections', 'collection'],
    ['databases', 'database'],
    ['indexes', 'index'],
    ['functions', 'function'],
    ['roles', 'role'],
    ['access_providers', 'access_provider'],
    ['keys', 'key'],
    ['tokens', 'token'],
    ['credentials', 'credential'],
  ]),
  ...pairs(20, [
    ['Collection', 'collection'],
    ['Database', 'database'],
    ['Function', 'function'],
    ['Role', 'role'],
    ['AccessProvider', 'access_provider'],
    ['Key', 'key'],
    ['Token', 'token'],
    ['Credential', 'credential'],
  ]),
  [36, '{"ref":'],
  [37, ',"ts":'],
  [38, ',"data":{'],
  [39, '},"ttl":'],
  [40, '{"id":'],
  [41, ',"collection":'],
  [42, ',"type":'],
  [43, ',"type":"document"}'],
  [44, ',"type":"unknown"}'],
  [45, ',"type":"collection"}'],
  [46, ',"collection":{"@ref":{"id":"'],
  [47, 'collections"}}}}}'],
];

function pairs(
  first: number,
  all: readonly (readonly [string, string])[],
): (readonly [number, string])[] {
  return all.flat().map((text, i) => [first + i, text]);
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}

function place(start: number, end: number): Place | undefined {
  return start === 0 ? undefined : { start: start - inputAt, end: end - inputAt };
}

/** What the kernel exports; addresses are numbers of bytes. */
interface KernelExports {
  readonly setMemory: (
    texts: number,
    scratch: number,
    parts: number,
    openFrames: number,
    passedFrames: number,
  ) => void;
  readonly setOutput: (
    lines: number,
    times: number,
    ends: number,
    refs: number,
    actions: number,
  ) => void;
  readonly readPage: (p: number, end: number, isFql: number, isUrlSafe: number) => number;
  readonly readFeed: (p: number, end: number, isUrlSafe: number) => number;
  readonly rows: WasmGlobal;
  readonly written: WasmGlobal;
  readonly afterStart: WasmGlobal;
  readonly afterEnd: WasmGlobal;
  readonly errorStart: WasmGlobal;
  readonly errorEnd: WasmGlobal;
  readonly hasNext: WasmGlobal;
  readonly refStart: WasmGlobal;
  readonly refEnd: WasmGlobal;
  readonly fault: WasmGlobal;
  readonly faultAt: WasmGlobal;
}

const code = wasmCode<KernelExports>(kernelBase64);
