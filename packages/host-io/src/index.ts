export { maskSecrets, noMask } from './mask.ts';
export type { Mask } from './mask.ts';
export { isOutputClosed, openOutput } from './output.ts';
export type { Output, OutputOptions } from './output.ts';
export { readChunks, readPieces } from './read-chunks.ts';
export { readLines } from './read-lines.ts';
export type { ReadLinesOptions } from './read-lines.ts';
export { Splicer } from './splicer.ts';
export type { Envelope } from './splicer.ts';
