import { memberOf, printNode, type JsonNode } from './json-node.ts';

export interface SlowOptions {
  readonly dialect: 'v4' | 'v10';
  readonly base64: 'url' | 'standard';
}

/** What a value of Fauna is in a row, as obviously right as can be. */
export function slowValue(node: JsonNode, options: SlowOptions): string {
  if (node.is === 'array') {
    return `[${node.items.map((item) => slowValue(item, options)).join(',')}]`;
  }
  if (node.is !== 'object') return node.raw;
  const [only] = node.members;
  if (only !== undefined && node.members.length === 1) {
    const tagged = slowTag(only.name, only.value, node, options);
    if (tagged !== undefined) return tagged;
  }
  return slowObject(node, options);
}

/** Whether a value is one that JSON has not, or in a wrapper. */
export function isSlowTag(node: JsonNode, options: SlowOptions): boolean {
  const [only, ...others] = node.is === 'object' ? node.members : [];
  if (only === undefined || others.length > 0) return false;
  return slowTag(only.name, only.value, node, options) !== undefined;
}

/** The members of an object whatever their names are. */
function slowObject(node: JsonNode, options: SlowOptions): string {
  if (node.is !== 'object') throw new Error('no object');
  const members = node.members.map(({ raw, value }) => `${raw}:${slowValue(value, options)}`);
  return `{${members.join(',')}}`;
}

function slowTag(
  tag: string,
  content: JsonNode,
  whole: JsonNode,
  options: SlowOptions,
): string | undefined {
  const isV4 = options.dialect === 'v4';
  if (tag === (isV4 ? '@obj' : '@object')) {
    return content.is === 'object' ? slowObject(content, options) : undefined;
  }
  if (tag === '@set' || tag === (isV4 ? '@query' : '@stream')) {
    return JSON.stringify(printNode(whole));
  }
  if (tag === '@ref' || (tag === '@doc' && !isV4)) return slowReference(content, options);
  if (content.is !== 'text') return undefined;
  if (tag === '@date' || tag === '@uuid' || tag === (isV4 ? '@ts' : '@time')) return content.raw;
  if (tag === '@bytes') return slowBytes(content.raw, options);
  if (isV4) return undefined;
  if (tag === '@mod') return `{"id":${content.raw},"type":"collection"}`;
  if (tag !== '@int' && tag !== '@long' && tag !== '@double') return undefined;
  const text = inner(content);
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? text : content.raw;
}

function slowBytes(raw: string, { base64 }: SlowOptions): string {
  const plain = raw.replace(/\\u....|\\./gs, (escape) => {
    const character = String(JSON.parse(`"${escape}"`));
    return character === '+' || character === '/' ? character : escape;
  });
  return base64 === 'url' ? plain.replaceAll('+', '-').replaceAll('/', '_') : plain;
}

/** What a reference with this content is, or undefined when it is none. */
export function slowReference(content: JsonNode, options: SlowOptions): string | undefined {
  return options.dialect === 'v4' ? slowV4Reference(content) : slowV10Reference(content);
}

interface Text {
  readonly raw: string;
  readonly value: string;
}

function slowV4Reference(content: JsonNode): string | undefined {
  const ids = idsOf(content, 0);
  if (ids === undefined) return undefined;
  const [id, parent, grandparent] = ids;
  if (id === undefined) return undefined;
  if (parent !== undefined && ids.length === 2) {
    return `{"id":${id.raw},"type":"${kinds[parent.value] ?? inner(parent)}"}`;
  }
  if (parent !== undefined && ids.length === 3 && grandparent?.value === 'collections') {
    return `{"id":${id.raw},"collection":${parent.raw},"type":"document"}`;
  }
  return `{"id":${id.raw},"type":"unknown"}`;
}

/** What is further out than three is not looked at. */
function idsOf(content: JsonNode, level: number): Text[] | undefined {
  if (content.is !== 'object') return undefined;
  const ids: Text[] = [];
  for (const { name, value } of content.members) {
    if (name === 'id' && value.is !== 'text') return undefined;
    if (name === 'collection' && level < 3 && parentIds(value, level + 1) === undefined) {
      return undefined;
    }
  }
  const id = memberOf(content, 'id');
  if (id?.is !== 'text') return undefined;
  ids.push(id);
  const collection = memberOf(content, 'collection');
  if (collection !== undefined && level < 3) ids.push(...(parentIds(collection, level + 1) ?? []));
  return ids;
}

function parentIds(node: JsonNode, level: number): Text[] | undefined {
  if (node.is !== 'object' || node.members.length !== 1) return undefined;
  const content = memberOf(node, '@ref');
  return content === undefined ? undefined : idsOf(content, level);
}

function slowV10Reference(content: JsonNode): string | undefined {
  if (content.is !== 'object') return undefined;
  const [first] = content.members;
  if (first?.name === '@object') {
    return content.members.length === 1 ? slowV10Reference(first.value) : undefined;
  }
  const module = memberOf(content, 'coll');
  const coll = memberOf(module, '@mod');
  if (module?.is !== 'object' || module.members.length !== 1 || coll?.is !== 'text') {
    return undefined;
  }
  const id = memberOf(content, 'id');
  if (id !== undefined) {
    if (id.is !== 'text') return undefined;
    const kind = modulesWithId[coll.value];
    return kind === undefined
      ? `{"id":${id.raw},"collection":${coll.raw},"type":"document"}`
      : `{"id":${id.raw},"type":"${kind}"}`;
  }
  const name = memberOf(content, 'name');
  if (name?.is !== 'text') return undefined;
  return `{"id":${name.raw},"type":"${modulesWithName[coll.value] ?? inner(coll)}"}`;
}

function inner({ raw }: Text): string {
  return raw.slice(1, -1);
}

const kinds: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  collections: 'collection',
  databases: 'database',
  indexes: 'index',
  functions: 'function',
  roles: 'role',
  access_providers: 'access_provider',
  keys: 'key',
  tokens: 'token',
  credentials: 'credential',
});

const modulesWithName: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  Collection: 'collection',
  Database: 'database',
  Function: 'function',
  Role: 'role',
  AccessProvider: 'access_provider',
});

const modulesWithId: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  Key: 'key',
  Token: 'token',
  Credential: 'credential',
});
