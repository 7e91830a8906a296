/**
 * Names for columns from the fields of a header: distinct, none empty and none of `reserved`. An
 * empty one becomes `column_` and its position, a repeated one gets `_2`, `_3` and so on.
 */
export function columnNames(
  header: readonly string[],
  reserved: readonly string[] = [],
): readonly string[] {
  const wanted = header.map((name, i) => (name.trim() === '' ? `column_${i + 1}` : name));
  const taken = new Set(reserved);
  const original = new Set(wanted);
  return wanted.map((name) => {
    let unique = name;
    for (let n = 2; taken.has(unique) || (unique !== name && original.has(unique)); n++) {
      unique = `${name}_${n}`;
    }
    taken.add(unique);
    return unique;
  });
}
