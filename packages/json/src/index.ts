// One document or value at a time.
export { ByteWriter } from './byte-writer.ts';
export { decodeValue } from './decode.ts';
export { EncodeError } from './encode-error.ts';
export { encodeLine, encodeObject, encodeString, encodeValue } from './encode.ts';
export { extract } from './extract.ts';
export { JsonSyntaxError } from './json-syntax-error.ts';
export { members, type ByteRange, type Member } from './members.ts';
export { formatPointer, parsePointer, PointerError } from './pointer.ts';
export { replaceMember, SpliceError, withMember, withoutMember } from './splice.ts';
export { validateJson, type JsonFault } from './validate.ts';

// Numbers that keep their digits.
export {
  Decimal,
  DecimalError,
  isDecimalLiteral,
  plainDigits,
  sameNumber,
  type PlainDigits,
} from './decimal.ts';

// What documents have in common.
export { inferShape, shapeOfValue, type InferOptions } from './infer.ts';
export { schemaOf, type JsonSchema } from './json-schema.ts';
export {
  anyShape,
  emptyShape,
  mergeShapes,
  sameShape,
  widens,
  type MergeOptions,
} from './merge-shape.ts';
export { shapeOf } from './read-json-schema.ts';
export { ValueClass, type Shape } from './shape.ts';

// Batches of documents, by the kernel.
export { giveBlock, takeBlock } from './blocks.ts';
export type { BoundedLines, Lines } from './lines.ts';
export { JsonError } from './json-error.ts';
export type { Misfit, Observation } from './observation.ts';
export { createObserver, type Observer } from './observe.ts';
export { isWithin } from './within.ts';
export { createScanner, type Scanner, type ScanOptions } from './scan.ts';
export {
  createColumnizer,
  MisfitError,
  type Columnizer,
  type ColumnValues,
  type ValueColumn,
  type ValueType,
} from './columnize.ts';

// What kernels of other packages are run by.
export { numberHost } from './number-host.ts';
export {
  wasmCode,
  WasmKernel,
  type WasmCode,
  type WasmGlobal,
  type WasmMemory,
} from './wasm-kernel.ts';
