import { memberOf, parseNode, printNode, type JsonMember, type JsonNode } from './json-node.ts';
import { isSlowTag, slowReference, slowValue, type SlowOptions } from './slow-value.ts';

/** The rows of an answer, each without its line break, and the cursor of the next page. */
export function slowPage(body: string, options: SlowOptions): { lines: string[]; after?: string } {
  const answer = parseNode(body);
  const page = firstMember(answer, options.dialect === 'v4' ? 'resource' : 'data');
  return slowRows(page, options);
}

function slowRows(
  page: JsonNode | undefined,
  options: SlowOptions,
): { lines: string[]; after?: string } {
  const isFql = options.dialect === 'v10';
  if (isFql && page?.is === 'array')
    return { lines: page.items.map((item) => slowRow(item, options)) };
  if (page?.is !== 'object') throw new Error('no page');
  const [first] = page.members;
  if (isFql && first !== undefined && fqlTags.has(first.name)) {
    const isSet = first.name === '@set' && page.members.length === 1;
    if (!isSet || first.value.is !== 'object') throw new Error('no page');
    return slowMembersOf(first.value, options);
  }
  return slowMembersOf(page, options);
}

function slowMembersOf(page: JsonNode, options: SlowOptions): { lines: string[]; after?: string } {
  const data = firstMember(page, 'data');
  if (data?.is !== 'array') throw new Error('no data');
  const lines = data.items.map((item) => slowRow(item, options));
  const after = page.is === 'object' ? page.members.findLast(isCursor)?.value : undefined;
  return after === undefined ? { lines } : { lines, after: printNode(after) };
}

function isCursor({ name, value }: JsonMember): boolean {
  return name === 'after' && !(value.is === 'word' && value.raw === 'null');
}

function firstMember(node: JsonNode, name: string): JsonNode | undefined {
  return node.is === 'object'
    ? node.members.find((member) => member.name === name)?.value
    : undefined;
}

const fqlTags: ReadonlySet<string> = new Set(
  'int,long,double,time,date,bytes,uuid,mod,ref,doc,set,object,stream'
    .split(',')
    .map((name) => `@${name}`),
);

function slowRow(node: JsonNode, options: SlowOptions): string {
  if (node.is !== 'object') throw new Error('no object');
  const [only] = node.members;
  if (only !== undefined && node.members.length === 1) {
    if (only.name === '@doc' && options.dialect === 'v10') return slowDocument(only.value, options);
    if (only.name === wrapper(options) && only.value.is === 'object') {
      return slowMembers(only.value, options);
    }
  }
  return slowMembers(node, options);
}

function slowMembers(node: JsonNode, options: SlowOptions): string {
  if (node.is !== 'object') throw new Error('no object');
  const names = node.members.map(({ name }) => name);
  if (!names.includes('ref') || !names.includes('ts')) throw new Error('no row');
  const members = node.members.map(({ raw, name, value }) => {
    if (name === 'ref') return `${raw}:${slowRef(value, options)}`;
    if (name === 'ts') return `${raw}:${slowTs(value, options)}`;
    return `${raw}:${slowValue(value, options)}`;
  });
  return `{${members.join(',')}}`;
}

/** The document with the fields that v10 has at its top in `data`. */
function slowDocument(content: JsonNode, options: SlowOptions): string {
  const document = unwrapped(content, options);
  if (document.is !== 'object') throw new Error('no object');
  const fields: string[] = [];
  for (const { raw, name, value } of document.members) {
    if (['id', 'coll', 'ts', 'ttl'].includes(name)) continue;
    const kept = unwrapped(value, options);
    const isMembers = kept !== value || !isSlowTag(value, options);
    if (name === 'data' && kept.is === 'object' && isMembers) {
      fields.push(
        ...kept.members.map((field) => `${field.raw}:${slowValue(field.value, options)}`),
      );
    } else fields.push(`${raw}:${slowValue(value, options)}`);
  }
  const id = memberOf(document, 'id');
  const ttl = memberOf(document, 'ttl');
  const ts = slowTs(memberOf(document, 'ts'), options);
  const end = ttl === undefined ? 'null' : slowValue(ttl, options);
  return `{"ref":${slowRef(id, options)},"ts":${ts},"data":{${fields.join(',')}},"ttl":${end}}`;
}

function unwrapped(node: JsonNode, options: SlowOptions): JsonNode {
  if (node.is !== 'object' || node.members.length !== 1) return node;
  const content = memberOf(node, wrapper(options));
  return content?.is === 'object' ? content : node;
}

function wrapper({ dialect }: SlowOptions): string {
  return dialect === 'v4' ? '@obj' : '@object';
}

function slowRef(node: JsonNode | undefined, options: SlowOptions): string {
  if (node?.is === 'text') return node.raw;
  if (node?.is !== 'object' || node.members.length !== 1) throw new Error('no ref');
  const isFql = options.dialect === 'v10';
  const content = memberOf(node, '@ref') ?? (isFql ? memberOf(node, '@doc') : undefined);
  const reference = content && slowReference(content, options);
  if (reference === undefined) throw new Error('no ref');
  return /^\{"id":("(?:[^"\\]|\\.)*")/.exec(reference)?.[1] ?? '';
}

function slowTs(node: JsonNode | undefined, { dialect }: SlowOptions): string {
  if (node?.is === 'word') {
    if (!isInteger(node.raw)) throw new Error('no ts');
    return node.raw;
  }
  if (node?.is !== 'object' || node.members.length !== 1) throw new Error('no ts');
  const isFql = dialect === 'v10';
  const [only] = node.members;
  if (only?.value.is !== 'text') throw new Error('no ts');
  const text = only.value.raw.slice(1, -1);
  if (isFql && ['@int', '@long', '@double'].includes(only.name) && isInteger(text)) {
    return String(BigInt(text));
  }
  if (!['@date', '@uuid', isFql ? '@time' : '@ts'].includes(only.name)) throw new Error('no ts');
  return slowMicros(text);
}

function isInteger(text: string): boolean {
  return /^-?[0-9]{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

/** The microseconds of a time in RFC 3339. */
function slowMicros(text: string): string {
  const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?Z$/;
  const [, ...parts] = form.exec(text) ?? [];
  const [year = 0, month = 0, day = 0, hour = 99, minute = 0, second = 0] = parts.map(Number);
  const isTime = month > 0 && month < 13 && day > 0 && day < 32 && hour < 24;
  if (!isTime || minute > 59 || second > 59) throw new Error('no time');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const micros = BigInt((parts[6] ?? '').padEnd(6, '0').slice(0, 6));
  return String(BigInt(date.getTime()) * 1000n + micros);
}
