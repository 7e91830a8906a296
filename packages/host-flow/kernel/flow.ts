// What takes messages apart and puts them together. TypeScript owns the memory.
export { frames, lines, written } from './frames';
export { kept, rows, rowsEnd } from './rows';
export { containerEnd } from './scan';
export { binding, consumed, jsonStores, protoStores } from './stores';
