import { hash32 } from '@fairlead/sdk';
import type { Dialect } from './dialect.ts';

/** What of a dialect decides how columns are called. */
export type NameRules = Pick<Dialect, 'fold' | 'maxIdentifierBytes' | 'forbidden'>;

/**
 * The names of columns in a destination, one for each field, in their order.
 *
 * A field keeps its name where it can. Forbidden characters become `_`, a name that is too long is
 * cut and ends in a hash of the whole, and one that the destination would take for an earlier one
 * (or for one of `taken`) gets `_2`, `_3` and so on. The same fields in the same order always have
 * the same names, and later fields never change those of earlier ones.
 */
export function columnNames(
  fields: readonly string[],
  rules: NameRules,
  taken: readonly string[] = [],
): string[] {
  const used = new Set(taken.map((name) => rules.fold(name)));
  return fields.map((field) => {
    const name = unused(field, rules, used);
    used.add(rules.fold(name));
    return name;
  });
}

function unused(field: string, rules: NameRules, used: ReadonlySet<string>): string {
  const plain = field.replace(rules.forbidden, '_') || '_';
  const name = fit(plain, '', rules.maxIdentifierBytes);
  if (!used.has(rules.fold(name))) return name;
  for (let number = 2; ; number++) {
    const numbered = fit(plain, `_${number}`, rules.maxIdentifierBytes);
    if (!used.has(rules.fold(numbered))) return numbered;
  }
}

/** `name` and `suffix`, the name cut so that both have room. */
function fit(name: string, suffix: string, maxBytes: number): string {
  const room = maxBytes - suffix.length;
  if (Buffer.byteLength(name) <= room) return name + suffix;
  const hash = `_${hash32(name).toString(16).padStart(8, '0')}`;
  return cutUtf8(name, room - hash.length) + hash + suffix;
}

/** The longest beginning of `text` of at most `maxBytes` bytes that ends between two characters. */
function cutUtf8(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  let end = Math.max(0, maxBytes);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
