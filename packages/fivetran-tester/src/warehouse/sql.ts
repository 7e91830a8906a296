/** A name in quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Names in quotes, with commas between them. */
export function quotedList(names: readonly string[]): string {
  return names.map(quoted).join(', ');
}

/** Text as SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The same place, by its name: for `a = b` of several columns. */
export function pairs(
  names: readonly string[],
  left: string,
  right: string,
  between: string,
): string {
  return names.map((name) => `${left}${quoted(name)} = ${right}${quoted(name)}`).join(between);
}
