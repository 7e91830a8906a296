// What `src/kernel.ts` calls. All of it works on memory that the caller lays out, and keeps nothing
// there between calls but what the caller passes again.
export { add, initialize } from './fields';
export { duplicate, tableFull } from './document';
export { misfitsEnd, observe, observed } from './observe';
export { longest, locateValues, setColumns } from './columns';
export { misfit, nulls, writePresence, writeValues } from './values';
export { consumed, documents, place, scan, setMember, written } from './scan';
export { fault, faultAt } from './validate';
