export { casa, casa as connector } from './source.ts';
