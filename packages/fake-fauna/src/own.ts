/** A member of a table by a name that somebody else chose; undefined for names that every object knows. */
export function own<Member>(
  table: Readonly<Record<string, Member>>,
  name: string,
): Member | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
