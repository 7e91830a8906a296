import { ByteWriter, parsePointer } from '@fairlead/json';
import {
  Failure,
  Op,
  startOf,
  type Destination,
  type Documents,
  type Materialization,
  type OpenRequest,
  type Plan,
  type Scope,
  type Table,
  type Writer,
} from '@fairlead/sdk';
import { z } from 'zod';
import { deletedAtMember } from '../destination/gate.ts';
import { programFailure, silence } from './ask.ts';
import { linesOfStream } from './lines-of-stream.ts';
import { checkProgram, ProgramSettings, programOf } from './program-settings.ts';
import { give, startProgram, type Running } from './program.ts';
import { readNote } from './read-note.ts';

const Resource = z.object({
  name: z.string().min(1).meta({
    title: 'Name',
    description: 'What you want the destination to call the stream.',
  }),
  namespace: z.string().optional().meta({
    title: 'Namespace',
    description: 'The schema or database of the stream, where the destination has such a thing.',
  }),
});
type Resource = z.infer<typeof Resource>;

/**
 * Any destination executable of the Airbyte protocol. Every transaction is a sync of its own: the
 * program is started for it, and what it was given is committed once it has ended well. After a
 * crash documents may come twice, as nothing is known of a sync that was cut short.
 */
export const airbyteDestination: Materialization<ProgramSettings, Resource> = {
  name: 'materialize-airbyte',
  title: 'Airbyte',
  config: ProgramSettings,
  resource: Resource,
  commits: 'at-least-once',
  resourceFor: (stream) => ({ name: stream }),
  check: ({ config, ...scope }) => checkProgram(programOf(config), scope),
  connect: async (scope) => connection(scope),
};

const nothing: Plan = { changes: [] };

function connection(scope: Scope<ProgramSettings>): Destination<Resource> {
  return {
    plan: async () => nothing,
    apply: async () => {},
    saved: async () => null,
    open: async (request) => new ProgramWriter(scope, request),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A sync that is under way. */
interface Sync {
  readonly running: Running;
  /** Resolves when the program has closed its output, with what it said went wrong. */
  readonly told: Promise<Failure | undefined>;
}

class ProgramWriter implements Writer<Resource> {
  readonly checkpoint = null;
  readonly #scope: Scope<ProgramSettings>;
  #tables: readonly Table<Resource>[];
  #emptied = new Set<number>();
  #sync: Sync | undefined;
  readonly #line = new ByteWriter();

  constructor(scope: Scope<ProgramSettings>, { tables }: OpenRequest<Resource>) {
    this.#scope = scope;
    this.#tables = tables;
  }

  async alter(tables: readonly Table<Resource>[]): Promise<Plan> {
    const isSame = JSON.stringify(tables) === JSON.stringify(this.#tables);
    this.#tables = tables;
    // The program was told of its tables when it was started.
    if (!isSame && this.#sync !== undefined) await this.#end(this.#sync);
    return nothing;
  }

  async store(table: number, documents: Documents): Promise<void> {
    const wanted = this.#tables[table];
    if (wanted === undefined) throw new Error(`there is no table ${table}`);
    this.#sync ??= await this.#start();
    await give(this.#sync.running, this.#records(wanted, documents));
  }

  /**
   * The next sync overwrites the table. What this transaction has stored goes out before.
   */
  async truncate(table: number): Promise<void> {
    if (this.#sync !== undefined) await this.#end(this.#sync);
    this.#emptied.add(table);
  }

  async commit(): Promise<null> {
    if (this.#sync === undefined && this.#emptied.size > 0) this.#sync = await this.#start();
    if (this.#sync !== undefined) await this.#end(this.#sync);
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sync?.running[Symbol.asyncDispose]();
    this.#sync = undefined;
  }

  async #start(): Promise<Sync> {
    const { config, log } = this.#scope;
    const program = programOf(config);
    const streams = this.#tables.map((table, index) => {
      return configuredStream(table, this.#emptied.has(index));
    });
    const running = await startProgram(program, 'write', { catalog: JSON.stringify({ streams }) });
    const listen = async () => {
      let failure: Failure | undefined;
      const { stdout } = running.child;
      if (stdout === null) throw new Error('a program has no pipe');
      for await (const lines of linesOfStream(stdout)) {
        for (let index = 0; index < lines.ends.length; index++) {
          const note = readNote(lines.bytes.subarray(startOf(lines, index), lines.ends[index]));
          if (note?.is === 'error') failure ??= programFailure(program, note);
          else if (note?.is === 'log') log[note.level](note.message);
        }
      }
      return failure;
    };
    return { running, told: listen() };
  }

  /** Completes the streams and waits for the program's end. */
  async #end(sync: Sync): Promise<void> {
    const { running, told } = sync;
    for (const { resource } of this.#tables) {
      const stream_status = { stream_descriptor: resource, status: 'COMPLETE' };
      const trace = { type: 'STREAM_STATUS', emitted_at: Date.now(), stream_status };
      await give(running, Buffer.from(`${JSON.stringify({ type: 'TRACE', trace })}\n`));
    }
    running.child.stdin?.end();
    const failure = await told;
    const code = await running.ended;
    await running[Symbol.asyncDispose]();
    this.#sync = undefined;
    if (code !== 0) {
      const program = programOf(this.#scope.config);
      throw failure ?? silence(program, `the program ended with ${code}`, running.stderr());
    }
    this.#emptied = new Set();
  }

  #records({ resource, deletes, write }: Table<Resource>, documents: Documents): Uint8Array {
    const { name, namespace } = resource;
    const of = JSON.stringify(
      namespace === undefined ? { stream: name } : { namespace, stream: name },
    );
    const head = Buffer.from(`{"type":"RECORD","record":${of.slice(0, -1)},"data":`);
    const now = Date.now();
    const tail = Buffer.from(`,"emitted_at":${now}}}\n`);
    const gone = Buffer.from(`"${deletedAtMember}":${JSON.stringify(new Date(now))},`);
    const out = this.#line;
    out.truncate(0);
    for (let index = 0; index < documents.ends.length; index++) {
      const op = documents.ops?.[index] ?? Op.upsert;
      if (op === Op.patch) throw partial(name);
      const isGone = op === Op.delete;
      if (isGone && (deletes === 'ignore' || write === 'append')) continue;
      const line = documents.bytes.subarray(
        startOf(documents, index),
        (documents.ends[index] ?? 1) - 1,
      );
      out.bytes(head);
      if (isGone) {
        // A document that is deleted has at least its key, so that something follows.
        out.byte(openBrace);
        out.bytes(gone);
        out.bytes(line.subarray(1));
      } else out.bytes(line);
      out.bytes(tail);
    }
    return out.take();
  }
}

function configuredStream(
  { resource, columns, write, deletes }: Table<Resource>,
  isEmptied: boolean,
): object {
  const properties = new Map<string, unknown>();
  const key: string[][] = [];
  for (const column of columns) {
    const [name, ...inner] = parsePointer(column.pointer);
    // What is inside of a member comes with the member.
    if (name === undefined || (inner.length > 0 && properties.has(name))) continue;
    properties.set(name, inner.length > 0 ? {} : column.schema);
    if (column.key) key.push([name, ...inner]);
  }
  const merges = write === 'merge';
  if (merges && deletes !== 'ignore') {
    properties.set(deletedAtMember, { type: ['null', 'string'], format: 'date-time' });
  }
  const append = merges ? 'append_dedup' : 'append';
  return {
    stream: {
      ...resource,
      json_schema: { type: 'object', properties: Object.fromEntries(properties) },
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_primary_key: key,
    },
    sync_mode: 'incremental',
    destination_sync_mode: isEmptied ? (merges ? 'overwrite_dedup' : 'overwrite') : append,
    primary_key: key,
    cursor_field: [],
  };
}

function partial(stream: string): Failure {
  return new Failure(
    'config',
    'the source sends parts of rows, which this protocol has no form for',
    {
      where: `stream ${stream}`,
    },
  );
}

const openBrace = 0x7b;
