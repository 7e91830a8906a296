export { file, file as connector } from './source.ts';
