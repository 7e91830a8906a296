/** JSON for people: objects over several lines, lists on one where they fit. */
export function jsonText(value: unknown): string {
  return `${print(value, '', 0)}\n`;
}

const width = 100;

/** @param taken how much of the line is not there for the value: what precedes and follows it. */
function print(value: unknown, indent: string, taken: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const isPlain = value.every((item) => typeof item !== 'object' || item === null);
    if (isPlain && taken + line.length <= width) return line;
    const items = value.map((item) => `${inner}${print(item, inner, inner.length + 1)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length === 0) return '{}';
  const members = entries.map(([name, member]) => {
    const head = `${inner}${JSON.stringify(name)}: `;
    return `${head}${print(member, inner, head.length + 1)}`;
  });
  return `{\n${members.join(',\n')}\n${indent}}`;
}
