import { expect, test } from 'vitest';
import { wasmCode, WasmKernel, type WasmMemory } from './wasm-kernel.ts';

/** `run(at)` is what `host.ask(at)` answers, and the byte at `at` more. */
const text = `
  0061736d 01000000
  0106 01 6001 7f 01 7f
  021a 02 03 656e76 06 6d656d6f7279 0200 01 04 686f7374 03 61736b 0000
  0302 01 00
  0707 01 03 72756e 00 01
  0a0e 01 0c 00 2000 1000 2000 2d0000 6a 0b`;
const base64 = Buffer.from(text.replaceAll(/\s/g, ''), 'hex').toString('base64');
const code = wasmCode<{ readonly run: (at: number) => number }>(base64);
const host = (kernel: WasmMemory) => ({ ask: (at: number) => (kernel.bytes[at] ?? 0) * 2 });
const pageBytes = 65_536;

test('the code, the views and the functions of the host have one memory', () => {
  const kernel = new WasmKernel(code, 1, host);
  expect(kernel.bytes.length).toBe(pageBytes);
  kernel.words[2] = 0x2a << 8;
  expect(kernel.bytes[9]).toBe(0x2a);
  expect(kernel.run.run(9)).toBe(3 * 0x2a);
});

test('a memory that has grown is seen by all of them, with what was in it', () => {
  const kernel = new WasmKernel(code, pageBytes, host);
  kernel.bytes[9] = 5;
  kernel.reserve(pageBytes + 1);
  expect(kernel.bytes.length).toBe(2 * pageBytes);
  expect(kernel.words.length * 4).toBe(2 * pageBytes);
  kernel.bytes[pageBytes + 1] = 7;
  expect(kernel.run.run(9)).toBe(15);
  expect(kernel.run.run(pageBytes + 1)).toBe(21);
});

test.each([0, 1, pageBytes, 2 * pageBytes])('views stay as long as %i bytes are enough', (size) => {
  const kernel = new WasmKernel(code, pageBytes + 1, host);
  const { bytes, words } = kernel;
  kernel.reserve(size);
  expect(kernel.bytes).toBe(bytes);
  expect(kernel.words).toBe(words);
});

test('each kernel has a memory of its own', () => {
  const [one, other] = [new WasmKernel(code, 1, host), new WasmKernel(code, 1, host)];
  one.bytes[9] = 1;
  expect(other.run.run(9)).toBe(0);
});

test('code is not compiled before it is needed', () => {
  const broken = wasmCode<unknown>('AAAA');
  expect(() => new WasmKernel(broken, 1)).toThrow('WebAssembly.Module()');
});
