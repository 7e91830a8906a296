export { createCsvDecoder } from './decode.ts';
