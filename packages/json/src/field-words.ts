import { fieldSize, firstOwnWord } from './field-table.ts';
import { ValueClass } from './shape.ts';
import type { Shape } from './shape.ts';

/** What `kernel/document.ts` keeps of a field, as words of a field. */
export const Word = {
  lastSeen: firstOwnWord - 1,
  classes: firstOwnWord,
  integerDigits: firstOwnWord + 1,
  scale: firstOwnWord + 2,
  gaps: firstOwnWord + 3,
  accepted: firstOwnWord + 4,
  mostDigits: firstOwnWord + 5,
  mostScale: firstOwnWord + 6,
} as const;

export const wordsPerField = fieldSize / 4;
export const anyNumber = 0xffff_ffff;

/** Whether a shape bounds the digits of what is accepted where it is. */
export function boundsDigits(shape: Shape): boolean {
  return (shape.classes & (ValueClass.decimal | ValueClass.wideInteger)) !== 0;
}
