import { schemaOf, shapeOf, type JsonSchema, type Shape } from '@fairlead/json';
import {
  closest,
  Failure,
  type Binding,
  type Column,
  type ConnectedMaterialization,
  type Json,
  type StreamInfo,
  type Table,
} from '@fairlead/sdk';
import type { Pipeline, StreamRule } from './pipeline.ts';

/** A stream that the pipeline takes, and how. */
export interface SelectedStream {
  readonly info: StreamInfo;
  readonly rule: StreamRule;
  readonly binding: Binding<Json>;
  /** JSON pointers. */
  readonly key: readonly string[];
  readonly write: 'merge' | 'append';
  /** The table's settings, parsed. */
  readonly resource: unknown;
  /** What the table is called in messages. */
  readonly tableName: string;
}

/**
 * The streams that the pipeline's rules choose, in the order of discovery.
 * @throws {Failure} config, for a rule that matches nothing, a merge without key, or two streams
 * with one table.
 */
export function selectStreams(
  pipeline: Pick<Pipeline, 'streams' | 'destination'>,
  offered: readonly StreamInfo[],
): readonly SelectedStream[] {
  const rules = pipeline.streams.map((rule) => ({
    rule,
    matches: globOf(rule.match),
    used: false,
  }));
  const selected: SelectedStream[] = [];
  for (const info of offered) {
    const found = rules.find(({ matches }) => matches(info.name));
    for (const entry of rules) if (entry.matches(info.name)) entry.used = true;
    if (found !== undefined) selected.push(select(info, found.rule, pipeline.destination));
  }
  const idle = rules.find(({ used }) => !used);
  if (idle !== undefined) throw noMatch(idle.rule.match, offered);
  assertOwnTables(selected);
  return selected;
}

function select(
  info: StreamInfo,
  rule: StreamRule,
  destination: ConnectedMaterialization,
): SelectedStream {
  const key = rule.key?.map((name) => (name.startsWith('/') ? name : `/${name}`)) ?? info.key;
  const write = rule.write ?? (key.length > 0 ? 'merge' : 'append');
  if (write === 'merge' && key.length === 0) {
    throw new Failure('config', 'write: merge needs a key, and the stream has none', {
      where: `stream ${info.name}`,
      hint: 'Name its members under key, or write: append.',
    });
  }
  const { materialization } = destination;
  const target = overlay(materialization.resourceFor(info.name), rule.target);
  return {
    info,
    rule,
    binding: {
      stream: info.name,
      stateKey: info.name,
      resource: overlay(info.resource, rule.resource),
    },
    key,
    write,
    resource: destination.parseResource(target, `stream ${info.name}`),
    tableName: tableNameOf(target),
  };
}

/** `settings` with the members of `over` in place of its own. */
function overlay(settings: Json, over: Json | undefined): Json {
  if (over === undefined) return settings;
  const both = [settings, over];
  return both.every((part) => typeof part === 'object' && part !== null && !Array.isArray(part))
    ? Object.assign({}, ...both)
    : over;
}

function tableNameOf(target: Json): string {
  if (typeof target !== 'object' || target === null || Array.isArray(target)) return String(target);
  const { schema, table } = target as { readonly [key: string]: Json };
  return [schema, table].filter((part) => typeof part === 'string').join('.');
}

function noMatch(pattern: string, offered: readonly StreamInfo[]): Failure {
  const names = offered.map(({ name }) => name);
  const near = closest(pattern, names);
  const list = names.length === 0 ? 'none' : names.slice(0, 10).join(', ');
  return new Failure('config', `no stream matches "${pattern}"`, {
    where: 'streams',
    hint: near === undefined ? `The source offers: ${list}.` : `Did you mean "${near}"?`,
  });
}

function assertOwnTables(selected: readonly SelectedStream[]): void {
  const owners = new Map<string, string>();
  for (const { tableName, info } of selected) {
    const folded = tableName.toLowerCase();
    const other = owners.get(folded);
    if (other !== undefined && tableName !== '') {
      throw new Failure(
        'config',
        `the streams ${other} and ${info.name} go into one table, ${tableName}`,
        {
          where: 'streams',
          hint: 'Give one of them another table under target.',
        },
      );
    }
    owners.set(folded, info.name);
  }
}

/** Whether a stream's name matches a pattern in which `*` stands for any characters. */
export function globOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (name) => expression.test(name);
}

/** The table for documents of this shape. */
export function tableOf(stream: SelectedStream, shape: Shape): Table {
  const all = columnsOf(shape, stream.key);
  const chosen = chooseColumns(all, stream.rule.columns, stream.info.name);
  const missing = stream.key.find(
    (pointer) => !chosen.some((column) => column.pointer === pointer),
  );
  if (missing !== undefined && stream.write === 'merge') {
    throw new Failure('config', `the key ${missing} is not among the columns`, {
      where: `stream ${stream.info.name}`,
      hint: 'Add it to columns, or write: append.',
    });
  }
  return {
    resource: stream.resource,
    columns: chosen,
    write: stream.write,
    deletes: stream.rule.deletes,
  };
}

/** A column for each member; a member that holds a part of the key gives one for each of its own. */
function columnsOf(shape: Shape, key: readonly string[]): readonly Column[] {
  const columns: Column[] = [];
  const pointers = new Set(key);
  const named = (name: string, pointer: string, schema: JsonSchema) =>
    columns.push({ name, pointer, schema, key: pointers.has(pointer) });
  for (const [name, member] of shape.properties ?? []) {
    const pointer = `/${escape(name)}`;
    const holdsKey = key.some((part) => part.startsWith(`${pointer}/`));
    if (!holdsKey || member.properties === undefined) {
      named(name, pointer, schemaOf(member));
      continue;
    }
    for (const [inner, innerShape] of member.properties) {
      named(`${name}_${inner}`, `${pointer}/${escape(inner)}`, schemaOf(innerShape));
    }
  }
  return columns;
}

function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Applies a list of names, `*` and `-name`; the order of the list is that of the table. */
function chooseColumns(
  columns: readonly Column[],
  choice: readonly string[] | undefined,
  stream: string,
): readonly Column[] {
  if (choice === undefined) return columns;
  const wanted = choice.filter((name) => !name.startsWith('-'));
  const left = choice.filter((name) => name.startsWith('-')).map((name) => globOf(name.slice(1)));
  const chosen = new Set<Column>();
  for (const pattern of wanted.length === 0 ? ['*'] : wanted) {
    const matches = globOf(pattern);
    for (const column of columns) if (matches(column.name)) chosen.add(column);
  }
  const result = [...chosen].filter((column) => !left.some((matches) => matches(column.name)));
  if (result.length === 0 && columns.length > 0) {
    throw new Failure('config', 'columns leaves none', { where: `stream ${stream}` });
  }
  return result;
}

/** What is known of a stream's documents before any was read. */
export function knownShape(info: StreamInfo, schema: Json | undefined): Shape {
  return shapeOf(schema === undefined ? info.schema : (schema as JsonSchema));
}
