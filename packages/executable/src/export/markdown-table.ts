/** A table of Markdown whose columns are as wide as their widest cell. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [headings, ...rows].map((row) => row.map(cell));
  const widths = headings.map((_, column) =>
    Math.max(3, ...cells.map((row) => lengthAt(row, column))),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |\n`;
  const [head = [], ...body] = cells;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`;
  return `${line(head)}${rule}${body.map(line).join('')}`;
}

/** A text that stays within its cell. */
function cell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replaceAll('|', String.raw`\|`);
}

function lengthAt(row: readonly string[], column: number): number {
  return (row[column] ?? '').length;
}
