import { readFile } from 'node:fs/promises';

/** A mistake that the reference source makes when it is told to. */
export type SourceDefect =
  | 'loses a record after a restart'
  | 'repeats a record after a restart'
  | 'swaps records after a restart'
  | 'says the state before its records'
  | 'counts all records so far'
  | 'leaves out COMPLETE'
  | 'leaves out RUNNING'
  | 'leaves out the last state'
  | 'leaves out the type of states'
  | 'passes over the state'
  | 'wants states without nulls'
  | 'wants a state file'
  | 'does not mark its secret'
  | 'has a choice without a constant'
  | 'says its secret'
  | 'exits with 1 after FAILED'
  | 'discovers with any settings'
  | 'reads with any settings'
  | 'describes its key wrongly'
  | 'has its key in no schema'
  | 'stops at a stream that fails'
  | 'stops at a stream that is gone'
  | 'reads by any mode'
  | 'exits with 0 when a stream fails'
  | 'goes on for ever'
  | 'prints what is no message';

/** What a process is given, as far as this one uses it. */
export interface Host {
  readonly args: readonly string[];
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** A source of Airbyte that counts, written by hand. Answers its exit code. */
export async function referenceSource(host: Host, defect?: SourceDefect): Promise<number> {
  const has = (name: SourceDefect) => defect === name;
  const say = (type: string, key: string, payload: object) =>
    host.say(`${JSON.stringify({ type, [key]: payload })}\n`);
  const trace = (type: string, key: string, payload: object) =>
    say('TRACE', 'trace', { type, emitted_at: Date.now(), [key]: payload });
  const error = (message: string, failure_type: string, stream?: object) =>
    trace('ERROR', 'error', { message, failure_type, ...stream });

  const [verb = '', ...flags] = host.args;
  const read = async (name: string) => {
    const at = flags.indexOf(`--${name}`);
    const path = at < 0 ? undefined : flags[at + 1];
    return path === undefined ? undefined : await readFile(path, 'utf8');
  };
  if (has('prints what is no message')) host.say('starting up\n');
  if (verb === 'spec') {
    say('SPEC', 'spec', specification(defect));
    return 0;
  }
  const configText = await read('config');
  const catalogText = await read('catalog');
  const isKnown = verb === 'check' || verb === 'discover' || verb === 'read';
  if (!isKnown || configText === undefined || (verb === 'read' && catalogText === undefined)) {
    host.complain('usage: spec | check | discover | read\n');
    return 2;
  }
  const config: Config = JSON.parse(configText);
  const wrong = wrongIn(config);
  if (has('says its secret')) {
    say('LOG', 'log', { level: 'INFO', message: `token ${config?.token}` });
  }
  if (verb === 'check') {
    const status = wrong === undefined ? 'SUCCEEDED' : 'FAILED';
    say('CONNECTION_STATUS', 'connectionStatus', { status, message: wrong ?? null });
    return wrong !== undefined && has('exits with 1 after FAILED') ? 1 : 0;
  }
  const isLax = verb === 'read' ? 'reads with any settings' : 'discovers with any settings';
  if (wrong !== undefined && !has(isLax)) {
    error(wrong, 'config_error');
    return 1;
  }
  if (verb === 'discover') {
    say('CATALOG', 'catalog', { streams: streams.map((stream) => describe(stream, defect)) });
    return 0;
  }
  let chosen: readonly Configured[];
  let saved: ReadonlyMap<string, number>;
  try {
    chosen = parseCatalog(catalogText ?? '', defect);
    saved = parseState(await read('state'), defect);
  } catch (problem) {
    error(String(problem), 'config_error');
    return 1;
  }

  let failed = 0;
  for (const { stream, sync_mode: mode } of chosen) {
    const known = streams.find(({ id }) => id === idOf(stream));
    const descriptor = { name: stream.name, ...namespaceOf(stream.namespace) };
    const of = { stream_descriptor: descriptor };
    const status = (name: string) =>
      trace('STREAM_STATUS', 'stream_status', { ...of, status: name });
    status('STARTED');
    if (known === undefined || config.broken === known.id) {
      failed++;
      status('INCOMPLETE');
      error(`the stream ${stream.name} cannot be read`, 'system_error', of);
      const stops =
        known === undefined ? 'stops at a stream that is gone' : 'stops at a stream that fails';
      if (has(stops)) return 1;
      continue;
    }
    if (!has('leaves out RUNNING')) status('RUNNING');
    const isWhole = mode === 'full_refresh' || !known.incremental;
    const begin = isWhole && !known.resumable ? 0 : (saved.get(known.id) ?? 0);
    const rest = restOf(known, begin, defect);
    let all = 0;
    const end = rest.length === 0 ? 1 : rest.length;
    for (let from = 0; from < end; from += slice) {
      const part = rest.slice(from, from + slice);
      all += part.length;
      const at = part.at(-1) ?? begin;
      const recordCount = has('counts all records so far') ? all : part.length;
      const isLast = from + slice >= end;
      const state = () =>
        say('STATE', 'state', {
          ...(has('leaves out the type of states') ? {} : { type: 'STREAM' }),
          stream: { ...of, stream_state: { at } },
          sourceStats: { recordCount },
        });
      if (has('says the state before its records')) state();
      for (const id of part) {
        say('RECORD', 'record', {
          stream: stream.name,
          ...namespaceOf(stream.namespace),
          data: { id, name: `number ${id}`, big: 0 },
          emitted_at: Date.now(),
        });
      }
      if (isLast && has('leaves out the last state')) break;
      if (!has('says the state before its records')) state();
    }
    if (!has('leaves out COMPLETE')) status('COMPLETE');
  }
  return failed === 0 || has('exits with 0 when a stream fails') ? 0 : 1;
}

interface Config {
  readonly token?: string;
  /** A stream that cannot be read. */
  readonly broken?: string;
}

interface Stream {
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly count: number;
  readonly incremental: boolean;
  readonly resumable: boolean;
}

interface Configured {
  readonly stream: { readonly name: string; readonly namespace?: string | null };
  readonly sync_mode: string;
}

const slice = 5;

const streams: readonly Stream[] = [
  { id: 'users', name: 'users', count: 23, incremental: true, resumable: true },
  {
    id: 'shop/users',
    name: 'users',
    namespace: 'shop',
    count: 11,
    incremental: true,
    resumable: true,
  },
  { id: 'countries', name: 'countries', count: 7, incremental: false, resumable: false },
  { id: 'nothing', name: 'nothing', count: 0, incremental: true, resumable: true },
];

/** The numbers of a stream after one of them. */
function restOf(stream: Stream, after: number, defect: SourceDefect | undefined): number[] {
  const isRestart = after > 0 && after < stream.count;
  const from = isRestart && defect === 'repeats a record after a restart' ? after - 1 : after;
  const rest = Array.from({ length: stream.count - from }, (_, index) => from + index + 1);
  if (after > 0 && defect === 'passes over the state') return restOf(stream, 0, undefined);
  if (isRestart && defect === 'loses a record after a restart') return rest.slice(1);
  if (isRestart && defect === 'swaps records after a restart') return rest.toReversed();
  if (defect === 'goes on for ever') rest.push(stream.count + 1 + after);
  return rest;
}

function parseCatalog(text: string, defect: SourceDefect | undefined): readonly Configured[] {
  const catalog: { readonly streams: readonly Configured[] } = JSON.parse(text);
  for (const { sync_mode: mode } of catalog.streams) {
    const isMode = mode === 'full_refresh' || mode === 'incremental';
    if (!isMode && defect !== 'reads by any mode') throw new Error(`${mode} is no mode`);
  }
  return catalog.streams;
}

interface Item {
  readonly stream?: {
    readonly stream_descriptor: Configured['stream'];
    readonly stream_state: { readonly at: number } | null;
  } | null;
  readonly global?: object | null;
  readonly data?: Readonly<Record<string, { readonly at: number }>> | null;
  readonly state?: Item;
}

function parseState(
  text: string | undefined,
  defect: SourceDefect | undefined,
): ReadonlyMap<string, number> {
  if (text === undefined && defect === 'wants a state file') throw new Error('there is no state');
  const content: readonly Item[] | null =
    text === undefined || text.trim() === '' ? [] : JSON.parse(text);
  const saved = new Map<string, number>();
  for (const item of content ?? []) {
    const { stream, global, data } = item.state ?? item;
    if (global === null && defect === 'wants states without nulls') throw new Error('a null');
    if (!stream && !global && !data) throw new Error('a state of nothing');
    for (const [name, { at }] of Object.entries(data ?? {})) saved.set(name, at);
    if (!stream) continue;
    saved.set(idOf(stream.stream_descriptor), stream.stream_state?.at ?? 0);
  }
  return saved;
}

function idOf({ name, namespace }: Configured['stream']): string {
  return namespace ? `${namespace}/${name}` : name;
}

function namespaceOf(namespace: string | null | undefined) {
  return namespace ? { namespace } : {};
}

function wrongIn(config: unknown): string | undefined {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return 'no settings';
  const { token, mode }: { token?: unknown; mode?: unknown } = config;
  if (typeof token !== 'string') return 'token: is no text';
  if (mode !== undefined && typeof mode !== 'object') return 'mode: is no object';
  return token === 'refused' ? 'the token was refused' : undefined;
}

function describe(
  { name, namespace, incremental, resumable }: Stream,
  defect: SourceDefect | undefined,
): object {
  const id = { type: defect === 'describes its key wrongly' ? 'string' : 'integer' };
  const properties = {
    ...(defect === 'has its key in no schema' ? {} : { id }),
    name: { type: ['null', 'string'] },
  };
  return {
    name,
    ...namespaceOf(namespace),
    json_schema: { type: 'object', properties, additionalProperties: true },
    supported_sync_modes: incremental ? ['full_refresh', 'incremental'] : ['full_refresh'],
    source_defined_cursor: incremental,
    default_cursor_field: incremental ? ['id'] : [],
    source_defined_primary_key: [['id']],
    is_resumable: resumable,
  };
}

function specification(defect: SourceDefect | undefined): object {
  const secret = defect === 'does not mark its secret' ? {} : { airbyte_secret: true };
  const constant = (value: string) =>
    defect === 'has a choice without a constant'
      ? { type: 'string' }
      : { type: 'string', const: value };
  const form = (title: string, value: string) => ({
    title,
    type: 'object',
    required: ['kind'],
    properties: { kind: constant(value) },
  });
  return {
    documentationUrl: 'https://example.org/reference',
    connectionSpecification: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Reference',
      type: 'object',
      required: ['token'],
      additionalProperties: true,
      properties: {
        token: { type: 'string', title: 'Token', order: 0, ...secret },
        mode: { type: 'object', title: 'Mode', order: 1, oneOf: [form('A', 'a'), form('B', 'b')] },
      },
    },
  };
}
