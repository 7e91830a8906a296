/** The name of a field as it stands in the path of a field: in back-ticks unless it is a plain word. */
export function quoteFieldName(name: string): string {
  if (/^[A-Za-z_][A-Za-z_0-9]*$/.test(name)) return name;
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** The path that stands for the name of a document. */
export const documentName = '__name__';
