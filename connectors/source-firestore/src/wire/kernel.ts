import { wasmCode, WasmKernel, type WasmMemory } from '@fairlead/json';
import type { DocumentHeader } from './document-header.ts';
import { kernelBase64 } from './kernel.gen.ts';

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
}

const code = wasmCode<KernelExports>(kernelBase64);
