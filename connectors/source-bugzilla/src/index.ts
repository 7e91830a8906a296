export { bugzilla, bugzilla as connector } from './source.ts';
