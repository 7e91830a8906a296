import { ValueClass } from '@fairlead/json';

/** The names under which people know the classes of values, each once. */
const names: readonly (readonly [bits: number, name: string])[] = [
  [ValueClass.object, 'an object'],
  [ValueClass.array, 'an array'],
  [ValueClass.string, 'a string'],
  [ValueClass.dateTime, 'a date-time'],
  [ValueClass.date, 'a date'],
  [ValueClass.uuid, 'a UUID'],
  [ValueClass.wildNumber, 'a number beyond 38 digits'],
  [ValueClass.decimal, 'a decimal number'],
  [ValueClass.double, 'a number'],
  [ValueClass.wideInteger, 'an integer beyond 64 bits'],
  [ValueClass.safeInteger | ValueClass.longInteger, 'an integer'],
  [ValueClass.boolean, 'a boolean'],
];

/** What values of these classes are, for a message: `an integer or a string`. */
export function describeClasses(classes: number): string {
  const found = names.filter(([bits]) => (classes & bits) !== 0).map(([, name]) => name);
  if (found.length === 0) return (classes & ValueClass.null) === 0 ? 'nothing' : 'null';
  if (found.length === names.length) return 'anything';
  return found.length === 1
    ? found.join('')
    : `${found.slice(0, -1).join(', ')} or ${found.at(-1) ?? ''}`;
}
