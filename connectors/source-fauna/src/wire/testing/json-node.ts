/** A JSON value that keeps how it was written. */
export type JsonNode =
  | { readonly is: 'text'; readonly raw: string; readonly value: string }
  | { readonly is: 'word'; readonly raw: string }
  | { readonly is: 'array'; readonly items: readonly JsonNode[] }
  | { readonly is: 'object'; readonly members: readonly JsonMember[] };

export interface JsonMember {
  readonly raw: string;
  readonly name: string;
  readonly value: JsonNode;
}

/** The value of `json`, which is valid. */
export function parseNode(json: string): JsonNode {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^[\]{}:,"\s]+/g) ?? [];
  let next = 0;
  const take = (): string => tokens[next++] ?? '';
  const value = (): JsonNode => {
    const token = take();
    if (token === '[') return { is: 'array', items: list(']', value) };
    if (token === '{') return { is: 'object', members: list('}', member) };
    if (token.startsWith('"')) return { is: 'text', raw: token, value: textOf(token) };
    return { is: 'word', raw: token };
  };
  const member = (): JsonMember => {
    const raw = take();
    take();
    return { raw, name: textOf(raw), value: value() };
  };
  const list = <T>(close: string, item: () => T): T[] => {
    const items: T[] = [];
    while (tokens[next] !== close) {
      items.push(item());
      if (tokens[next] === ',') next++;
    }
    next++;
    return items;
  };
  return value();
}

/** The value as it was written, without white space. */
export function printNode(node: JsonNode): string {
  if (node.is === 'array') return `[${node.items.map(printNode).join(',')}]`;
  if (node.is === 'object') {
    return `{${node.members.map(({ raw, value }) => `${raw}:${printNode(value)}`).join(',')}}`;
  }
  return node.raw;
}

/** The value of the member `name`, of several the last. */
export function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  if (node?.is !== 'object') return undefined;
  return node.members.findLast((member) => member.name === name)?.value;
}

function textOf(raw: string): string {
  return String(JSON.parse(raw));
}
