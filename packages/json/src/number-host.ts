import { isDecimalLiteral, survivesDouble } from './decimal.ts';
import type { WasmMemory } from './wasm-kernel.ts';

/** What kernels that look at numbers import: `kernel/host.ts`. Addresses may come as negative numbers. */
export function numberHost(kernel: WasmMemory) {
  const textOf = (start: number, end: number) =>
    kernel.bytes.toString('latin1', start >>> 0, end >>> 0);
  return {
    survivesDouble(start: number, end: number): number {
      const text = textOf(start, end);
      return String(Number(text)) === text || survivesDouble(text) ? 1 : 0;
    },
    parseDouble(start: number, end: number): number {
      const text = textOf(start, end);
      return isDecimalLiteral(text) ? Number(text) : Number.NaN;
    },
  };
}
