export { fauna, fauna as connector } from './source.ts';
