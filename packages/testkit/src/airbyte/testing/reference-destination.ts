import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { exact, fits, type Property } from './reference-values.ts';

/** A mistake that the reference destination makes when it is told to. */
export type DestinationDefect =
  | 'echoes a state before its rows are committed'
  | 'echoes states in another order'
  | 'drops a state'
  | 'makes states anew'
  | 'counts all records so far'
  | 'replaces before the stream is complete'
  | 'forgets what earlier attempts have gathered'
  | 'keeps older generations'
  | 'passes over a generation that stays'
  | 'appends where it should merge'
  | 'passes over the cursor'
  | 'keeps deleted rows'
  | 'does not fence'
  | 'fails at a value that does not fit'
  | 'notes no changes'
  | 'gives all rows one id'
  | 'says when it wrote'
  | 'rounds integers'
  | 'keeps what was not declared'
  | 'mixes namespaces'
  | 'takes streams that nobody chose'
  | 'fails at noise'
  | 'wants members in one order'
  | 'exits with 0 when a stream is not complete'
  | 'takes any generations'
  | 'says no modes';

/** What a process is given, as far as this one uses it. */
export interface Host {
  readonly args: readonly string[];
  readonly input: AsyncIterable<string>;
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** What is in the file of a database. */
interface Database {
  fence: number;
  tables: Record<string, Row[]>;
}

type Row = Record<string, unknown>;

interface Configured {
  readonly stream: {
    readonly name: string;
    readonly namespace?: string | null;
    readonly json_schema: { readonly properties: Readonly<Record<string, Property>> };
  };
  readonly destination_sync_mode: string;
  readonly cursor_field?: readonly string[] | null;
  readonly generation_id?: number | null;
  readonly minimum_generation_id?: number | null;
  readonly sync_id?: number | null;
}

interface Track {
  readonly configured: Configured;
  readonly id: string;
  /** Whether rows wait beside the table until the stream is complete. */
  readonly replaces: boolean;
  ended: boolean;
  count: number;
}

/** A destination of Airbyte that keeps its rows in a file, written by hand. Answers its exit code. */
export async function referenceDestination(
  host: Host,
  defect?: DestinationDefect,
): Promise<number> {
  const has = (name: DestinationDefect) => defect === name;
  const say = (type: string, key: string, payload: object) =>
    host.say(`${JSON.stringify({ type, [key]: payload })}\n`);
  const fail = (message: string, failure_type = 'config_error') => {
    const error = { message, failure_type };
    say('TRACE', 'trace', { type: 'ERROR', emitted_at: Date.now(), error });
    return 1;
  };
  const [verb = '', ...flags] = host.args;
  const read = async (name: string) => {
    const path = flags[flags.indexOf(`--${name}`) + 1];
    return flags.includes(`--${name}`) && path ? await readFile(path, 'utf8') : undefined;
  };
  if (verb === 'spec') {
    say('SPEC', 'spec', specification(has('says no modes')));
    return 0;
  }
  const configText = await read('config');
  const catalogText = await read('catalog');
  const isKnown = verb === 'check' || (verb === 'write' && catalogText !== undefined);
  if (!isKnown || configText === undefined) {
    host.complain('usage: spec | check | write\n');
    return 2;
  }
  const config: { path?: unknown } | null = JSON.parse(configText);
  const path = config?.path;
  const wrong = typeof path === 'string' ? undefined : 'path: is no text';
  if (verb === 'check') {
    const status = wrong === undefined ? 'SUCCEEDED' : 'FAILED';
    say('CONNECTION_STATUS', 'connectionStatus', { status, message: wrong ?? null });
    return 0;
  }
  if (typeof path !== 'string') return fail('path: is no text');
  let tracks: readonly Track[];
  try {
    const catalog: { readonly streams: readonly Configured[] } = JSON.parse(catalogText ?? '');
    tracks = catalog.streams.map((configured) => trackOf(configured, defect));
  } catch (problem) {
    return fail(String(problem));
  }
  return await new Write(path, tracks, host, defect).run(fail);
}

/** One sync. */
class Write {
  readonly #path: string;
  readonly #tracks: readonly Track[];
  readonly #host: Host;
  readonly #defect: DestinationDefect | undefined;
  #database: Database = { fence: 0, tables: {} };
  #fence = 0;
  /** Lines that wait for a commit. */
  #echoes: string[] = [];
  #isDirty = false;
  #sawStatus = false;

  constructor(
    path: string,
    tracks: readonly Track[],
    host: Host,
    defect: DestinationDefect | undefined,
  ) {
    this.#path = path;
    this.#tracks = tracks;
    this.#host = host;
    this.#defect = defect;
  }

  async run(fail: (message: string, type?: string) => number): Promise<number> {
    this.#database = await this.#load();
    this.#fence = this.#database.fence + 1;
    this.#database.fence = this.#fence;
    for (const { id, replaces, configured } of this.#tracks) {
      if (replaces && this.#has('replaces before the stream is complete')) this.#put(id, []);
      const isKept = typeof configured.generation_id === 'number';
      if (replaces && (!isKept || this.#has('forgets what earlier attempts have gathered'))) {
        this.#put(this.#besideOf(id, configured), []);
      }
    }
    await this.#save();
    try {
      for await (const line of this.#host.input) await this.#take(line);
      if (!this.#sawStatus) {
        for (const track of this.#tracks) {
          if (typeof track.configured.generation_id !== 'number') this.#complete(track);
        }
      }
      await this.#commit();
    } catch (problem) {
      return fail(String(problem));
    }
    const open = this.#tracks.filter(({ ended }) => !ended);
    if (open.length === 0 || this.#has('exits with 0 when a stream is not complete')) return 0;
    return fail(`${open.map(({ id }) => id).join()} is not complete`, 'transient_error');
  }

  async #take(line: string): Promise<void> {
    const message = this.#parse(line);
    if (message === undefined) return;
    if (message.type === 'RECORD' && message.record) this.#record(message.record, line);
    if (message.type === 'STATE' && message.state) await this.#state(message.state, line);
    const status = message.type === 'TRACE' ? message.trace?.stream_status : undefined;
    if (!status) return;
    this.#sawStatus = true;
    const track = this.#find(status.stream_descriptor);
    if (track === undefined || status.status !== 'COMPLETE') return;
    this.#complete(track);
    await this.#commit();
  }

  #parse(line: string): Message | undefined {
    if (this.#has('wants members in one order') && line.includes('RECORD')) {
      if (!line.startsWith('{"type"') && !line.startsWith('{"log"')) return undefined;
    }
    try {
      const message: unknown = JSON.parse(line);
      return typeof message === 'object' && message !== null ? message : undefined;
    } catch (problem) {
      if (this.#has('fails at noise')) throw problem;
      return undefined;
    }
  }

  #record({ stream, namespace, data, emitted_at: at, meta }: RecordPayload, line: string): void {
    const track = this.#find({ name: stream, namespace });
    if (track === undefined) {
      if (this.#has('takes streams that nobody chose')) return;
      throw new Error(`nobody chose ${stream}`);
    }
    track.count++;
    this.#isDirty = true;
    const { configured } = track;
    const changes: object[] = this.#has('notes no changes') ? [] : [...(meta?.changes ?? [])];
    const row: Row = {
      _airbyte_raw_id: this.#has('gives all rows one id') ? oneId : randomUUID(),
      _airbyte_extracted_at: this.#timeOf(at),
      _airbyte_generation_id: configured.generation_id ?? null,
      _airbyte_meta: { sync_id: configured.sync_id ?? null, changes },
    };
    for (const [name, property] of Object.entries(configured.stream.json_schema.properties)) {
      const value = this.#has('rounds integers') ? data[name] : exact(data[name], name, line);
      if (fits(property, data[name])) {
        row[name] = value ?? null;
        continue;
      }
      if (this.#has('fails at a value that does not fit')) throw new Error(`${name} does not fit`);
      row[name] = null;
      const note = { field: name, change: 'NULLED', reason: 'DESTINATION_TYPECAST_ERROR' };
      if (!this.#has('notes no changes')) changes.push(note);
    }
    if (this.#has('keeps what was not declared')) Object.assign(row, data);
    const id = track.replaces ? this.#besideOf(track.id, configured) : track.id;
    this.#put(id, this.#merged(this.#rowsOf(id), row, configured));
  }

  #timeOf(at: number): string {
    const ms = at < 1e11 ? at * 1000 : at;
    return new Date(this.#has('says when it wrote') ? Date.now() : ms).toISOString();
  }

  #merged(rows: readonly Row[], row: Row, configured: Configured): Row[] {
    const { destination_sync_mode: mode, cursor_field: cursor } = configured;
    if (!mode.endsWith('dedup') || this.#has('appends where it should merge'))
      return [...rows, row];
    const old = rows.find(({ id }) => id === row['id']);
    const others = rows.filter(({ id }) => id !== row['id']);
    const [field] = cursor ?? [];
    const isOlder =
      old !== undefined && field !== undefined && Number(row[field]) < Number(old[field]);
    if (isOlder && !this.#has('passes over the cursor')) return [...rows];
    const isGone = (row['_ab_cdc_deleted_at'] ?? null) !== null;
    return isGone && !this.#has('keeps deleted rows') ? others : [...others, row];
  }

  async #state(state: StatePayload, line: string): Promise<void> {
    const name = state.stream?.stream_descriptor;
    const tracks = name ? [this.#find(name)] : this.#tracks;
    const recordCount = tracks.reduce((sum, track) => sum + (track?.count ?? 0), 0);
    if (!this.#has('counts all records so far')) {
      for (const track of tracks) if (track !== undefined) track.count = 0;
    }
    const stats = `"destinationStats":{"recordCount":${recordCount}.0}`;
    const end = line.lastIndexOf('}', line.lastIndexOf('}') - 1);
    const anew = JSON.stringify({
      type: 'STATE',
      state: { type: state.type, stream: state.stream },
    });
    const text = this.#has('makes states anew')
      ? `${anew.slice(0, -2)},${stats}}}`
      : `${line.slice(0, end)},${stats}${line.slice(end)}`;
    if (this.#has('echoes a state before its rows are committed')) {
      this.#host.say(`${text}\n`);
      return;
    }
    if (this.#has('drops a state') && this.#echoes.length === 0 && recordCount === 0) return;
    this.#echoes.push(text);
    if (!this.#has('echoes states in another order')) await this.#commit();
  }

  #complete(track: Track): void {
    track.ended = true;
    if (!track.replaces) return;
    const beside = this.#besideOf(track.id, track.configured);
    const kept = this.#has('keeps older generations') ? this.#rowsOf(track.id) : [];
    this.#put(track.id, [...kept, ...this.#rowsOf(beside)]);
    delete this.#database.tables[beside];
    this.#isDirty = true;
  }

  async #commit(): Promise<void> {
    if (this.#isDirty) {
      const { fence } = await this.#load();
      if (fence !== this.#fence && !this.#has('does not fence')) throw new Error('fenced out');
      await this.#save();
      this.#isDirty = false;
    }
    const echoes = this.#has('echoes states in another order')
      ? this.#echoes.toReversed()
      : this.#echoes;
    for (const line of echoes) this.#host.say(`${line}\n`);
    this.#echoes = [];
  }

  #find({ name, namespace }: Name): Track | undefined {
    return this.#tracks.find(({ id }) => id === idOf({ name, namespace }, this.#defect));
  }

  #besideOf(id: string, { generation_id: generation }: Configured): string {
    return `${id}@${generation ?? 'next'}`;
  }

  #rowsOf(id: string): readonly Row[] {
    return this.#database.tables[id] ?? [];
  }

  #put(id: string, rows: Row[]): void {
    this.#database.tables[id] = rows;
  }

  async #load(): Promise<Database> {
    return await readDatabase(this.#path);
  }

  async #save(): Promise<void> {
    const beside = `${this.#path}.${randomUUID()}`;
    await writeFile(beside, JSON.stringify(this.#database));
    await rename(beside, this.#path);
  }

  #has(name: DestinationDefect): boolean {
    return this.#defect === name;
  }
}

/** What is in the file, or would be. */
export async function readDatabase(path: string): Promise<Database> {
  const text = await readFile(path, 'utf8').catch(() => '{"fence":0,"tables":{}}');
  return JSON.parse(text);
}

/** A stream as its table is called. */
export function idOf({ name, namespace }: Name, defect?: DestinationDefect): string {
  return namespace && defect !== 'mixes namespaces' ? `${namespace}/${name}` : name;
}

interface Name {
  readonly name: string;
  readonly namespace?: string | null | undefined;
}

interface Message {
  readonly type?: string;
  readonly record?: RecordPayload | null;
  readonly state?: StatePayload | null;
  readonly trace?: {
    readonly stream_status?: { readonly stream_descriptor: Name; readonly status: string } | null;
  } | null;
}

interface RecordPayload {
  readonly stream: string;
  readonly namespace?: string | null;
  readonly data: Row;
  readonly emitted_at: number;
  readonly meta?: { readonly changes?: readonly object[] } | null;
}

interface StatePayload {
  readonly type?: string;
  readonly stream?: { readonly stream_descriptor: Name } | null;
}

const oneId = '00000000-0000-4000-8000-000000000000';

function trackOf(configured: Configured, defect: DestinationDefect | undefined): Track {
  const { generation_id: generation, minimum_generation_id: minimum, stream } = configured;
  const mode = configured.destination_sync_mode;
  if (minimum && minimum !== generation && defect !== 'takes any generations') {
    throw new Error('generations do not fit');
  }
  const isRefresh = Boolean(minimum) && minimum === generation;
  const replaces =
    defect === 'passes over a generation that stays'
      ? mode.startsWith('overwrite') || Boolean(generation && generation > 1)
      : mode.startsWith('overwrite') || isRefresh;
  return { configured, id: idOf(stream, defect), replaces, ended: false, count: 0 };
}

function specification(isBare: boolean): object {
  return {
    documentationUrl: 'https://example.org/reference',
    supportsIncremental: true,
    supported_destination_sync_modes: isBare ? [] : ['append', 'overwrite', 'append_dedup'],
    connectionSpecification: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Reference',
      type: 'object',
      required: ['path'],
      additionalProperties: true,
      properties: { path: { type: 'string', title: 'Path', order: 0 } },
    },
  };
}
