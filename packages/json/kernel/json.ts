export { fault, faultAt } from './validate';
export { consumed, documents, place, scan, setMember, written } from './scan';
