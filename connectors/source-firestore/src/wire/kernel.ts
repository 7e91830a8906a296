import type { Messages } from '@fairlead/grpc';
import { wasmCode, WasmKernel, type WasmGlobal, type WasmMemory } from '@fairlead/json';
import type { DocumentHeader } from './document-header.ts';
import { kernelBase64 } from './kernel.gen.ts';

/** The lines of the documents in some answers to a query. */
export interface Lines {
  /** How many answers they are of: all up to one that is out of the ordinary. */
  readonly answers: number;
  readonly count: number;
  /** All the lines. */
  readonly bytes: Uint8Array;
  /** Of each line where its document's name begins and ends in the answers, and where the line ends. */
  readonly table: Uint32Array;
}

/**
 * The compiled `kernel/transcode.ts` of this thread and its memory, in which nothing outlives a call. It does
 * the documents that are encoded as Firestore encodes them, and leaves all others.
 */
export class Kernel {
  readonly #kernel = new WasmKernel(code, outputAt + 4 * 65_536, numberPrinter);

  constructor() {
    const { bytes, run } = this.#kernel;
    kernelTexts.forEach((text, i) => {
      bytes[textsAt + i * 32] = text.length;
      bytes.set(text, textsAt + i * 32 + 1);
    });
    run.setMemory(keysAt, openAt, dateAt, textsAt);
  }

  /**
   * The line of the document whose `header` was read from `bytes` and has a name and times, with its line break:
   * good until the next call. Undefined when the document is out of the ordinary.
   */
  transcode(
    bytes: Uint8Array,
    header: DocumentHeader,
    isSnapshot: boolean,
  ): Uint8Array | undefined {
    const { start, end, createTime, updateTime } = header;
    const size = end - start;
    if (size > largestInput) return undefined;
    const kernel = this.#kernel;
    kernel.reserve(outputAt + 8 * size + spareOutput);
    kernel.bytes.set(new Uint8Array(bytes.buffer, bytes.byteOffset + start, size), inputAt);
    const move = inputAt - start;
    const outputEnd = kernel.run.transcode(
      inputAt,
      inputAt + size,
      header.nameStart + move,
      header.nameEnd + move,
      createTime.seconds,
      header.hasCreateTime ? createTime.nanos : -1,
      updateTime.seconds,
      updateTime.nanos,
      isSnapshot ? 1 : 0,
      outputAt,
    );
    if (outputEnd === 0) return undefined;
    return new Uint8Array(kernel.bytes.buffer, outputAt, outputEnd - outputAt);
  }

  /** The lines of the documents in `messages`, which are answers to a query: good until the next call. */
  answers({ bytes, bounds, count }: Messages, isSnapshot: boolean): Lines {
    const size = bytes.length;
    if (size > largestInput) return noLines;
    const kernel = this.#kernel;
    const boundsAt = (inputAt + size + 3) & ~3;
    const tableAt = boundsAt + 8 * count;
    const linesAt = tableAt + 12 * count;
    kernel.reserve(linesAt + 8 * size + (count + 1) * spareOutput);
    kernel.bytes.set(bytes, inputAt);
    kernel.words.set(bounds.subarray(0, 2 * count), boundsAt >> 2);
    const { run } = kernel;
    const flag = isSnapshot ? 1 : 0;
    const answers = run.transcodeAnswers(inputAt, boundsAt, count, flag, tableAt, linesAt);
    const documents = run.documentCount.value;
    const table = kernel.words.subarray(tableAt >> 2, (tableAt >> 2) + 3 * documents);
    const length = table[table.length - 1] ?? 0;
    const { buffer } = kernel.bytes;
    return { answers, count: documents, bytes: new Uint8Array(buffer, linesAt, length), table };
  }
}

/** What the kernel imports. */
function numberPrinter(kernel: WasmMemory) {
  return {
    /** Puts `value` as text at `address`, and answers how long that is. */
    printDouble(value: number, address: number): number {
      const text = String(value);
      const { bytes } = kernel;
      for (let i = 0; i < text.length; i++) bytes[address + i] = text.charCodeAt(i);
      return text.length;
    },
  };
}

/** The kernel of this thread. Each has memory for the largest document, and takes a part of the address space. */
export function sharedKernel(): Kernel {
  shared ??= new Kernel();
  return shared;
}

let shared: Kernel | undefined;

const keysAt = 1024;
const openAt = keysAt + 16_384;
const dateAt = openAt + 1024;
const textsAt = dateAt + 16;
const inputAt = 32_768;
/** Firestore's largest document has 1 MiB. */
const largestInput = 1024 * 1024 + 65_536;
const outputAt = inputAt + largestInput + 64;
const spareOutput = 512;

const noLines: Lines = {
  answers: 0,
  count: 0,
  bytes: new Uint8Array(),
  table: new Uint32Array(),
};

/** In the order in which `kernel/transcode.ts` counts them. */
const kernelTexts = [
  '{"_meta":{"path":"',
  ',"ctime":"',
  ',"mtime":"',
  ',"snapshot":true',
  '{"latitude":',
  ',"longitude":',
  '_meta_',
].map((text) => Buffer.from(text));

/** What the kernel exports; addresses are numbers of bytes. */
interface KernelExports {
  readonly setMemory: (keys: number, open: number, date: number, constants: number) => void;
  readonly transcode: (
    start: number,
    end: number,
    name: number,
    nameEnd: number,
    createSeconds: number,
    createNanos: number,
    updateSeconds: number,
    updateNanos: number,
    isSnapshot: number,
    out: number,
  ) => number;
  readonly transcodeAnswers: (
    input: number,
    bounds: number,
    count: number,
    isSnapshot: number,
    table: number,
    out: number,
  ) => number;
  readonly documentCount: WasmGlobal;
}

const code = wasmCode<KernelExports>(kernelBase64);
