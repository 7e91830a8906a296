import { NotSymbolic } from '../v4/env.ts';
import { sameValue } from '../values/compare.ts';
import { isA, type Value } from '../values/value.ts';
import { invalidType } from './failure.ts';
import { isHole, isThing, type Thing } from './thing.ts';

/** Whether a thing is a value that v4 knows too. */
export function isValue(thing: Thing): thing is Value {
  if (typeof thing !== 'object' || thing === null) return true;
  if (!('kind' in thing)) return true;
  return ![
    'module',
    'function',
    'pipeline',
    'source',
    'missing',
    'set-page',
    'definition',
  ].includes(thing.kind);
}

/** @throws {NotSymbolic} of what differs from one synthetic document to the next */
export function truth(thing: Thing): boolean {
  if (typeof thing === 'boolean') return thing;
  if (isHole(thing)) throw new NotSymbolic();
  if (thing === null || isThing(thing, 'missing')) return false;
  throw invalidType('Boolean', 'as a condition');
}

/** Whether two things are the same. */
export function isSame(left: Thing, right: Thing): boolean {
  if (isHole(left) || isHole(right)) throw new NotSymbolic();
  const [a, b] = [comparable(left), comparable(right)];
  if (isThing(a, 'module') && isThing(b, 'module')) return a.name === b.name;
  return isValue(a) && isValue(b) ? sameValue(a, b) : a === b;
}

function comparable(thing: Thing): Thing {
  if (isThing(thing, 'missing')) return null;
  return isValue(thing) && isA(thing, 'document') ? thing.ref : thing;
}
