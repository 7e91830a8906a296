import { boundsDigits } from './field-words.ts';
import type { Shape } from './shape.ts';

/**
 * Whether objects with the bounds `shape` hold nothing that an observer would call a misfit which was
 * told to accept `accepted`. Members' own members are not looked at.
 */
export function isWithin(shape: Shape, accepted: Shape): boolean {
  if (shape.properties === undefined) return false;
  for (const [name, member] of shape.properties) {
    const known = accepted.properties?.get(name);
    if (known === undefined || (member.classes & ~known.classes) !== 0) return false;
    const isLonger = member.integerDigits > known.integerDigits || member.scale > known.scale;
    if (isLonger && boundsDigits(known)) return false;
  }
  return true;
}
