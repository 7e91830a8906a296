import { createKernel, kernelPadding, type FlowKernel } from './kernel.ts';

/**
 * Finds where objects and arrays end in some bytes. All share one memory, so one serves until the next
 * one is asked for something.
 */
export class ScanKernel {
  readonly #bytes: Uint8Array;
  #isLoaded = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The index after the object or array at `start`; 0 when it does not end before `end`. */
  containerEnd(start: number, end: number): number {
    shared ??= createKernel(kernelPadding);
    if (!this.#isLoaded) {
      shared.reserve(this.#bytes.length + kernelPadding);
      shared.bytes.set(this.#bytes);
      this.#isLoaded = true;
    }
    return shared.run.containerEnd(start, end);
  }
}

let shared: FlowKernel | undefined;
