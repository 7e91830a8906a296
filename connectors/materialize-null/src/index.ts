export { nul, nul as connector } from './materialization.ts';
