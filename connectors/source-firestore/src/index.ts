export { Handover, type Change } from './handover/handover.ts';
export { KeyRanges, wholeCollection, type KeyRange } from './handover/key-ranges.ts';
export { beginning, Cursor, present, resume, save, type Position } from './state/cursor.ts';
