export { firestore, firestore as connector } from './source.ts';
