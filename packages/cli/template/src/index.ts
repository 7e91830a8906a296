export { __variable__ as connector } from './source.ts';
