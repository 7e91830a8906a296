import { z } from 'zod';
import { encodeDocuments, Op } from './documents.ts';
import { Failure } from './failure.ts';
import { interleave } from './interleave.ts';
import type { Json } from './json-value.ts';
import { describeIssues } from './settings-check.ts';
import { documentSchema } from './settings-schema.ts';
import { sleepFor } from './sleep.ts';
import type { Address, PullRequest, Scope, Source, SourceEvent } from './source.ts';
import { patchBetween } from './state.ts';

/** One stream of a small connector, which yields plain objects. */
export interface StreamDefinition<Config = unknown, Cursor = unknown> {
  readonly name: string;
  /** Names of the members that identify a document; leave out when nothing does. */
  readonly key?: readonly string[];
  readonly document: z.ZodType;
  /** Where to go on. It has a default, from which the first run starts, and holds no null. */
  readonly cursor: z.ZodType<Cursor>;
  /** Pages after `cursor`, in an order in which a later page never needs an earlier cursor. */
  read(scope: Scope<Config> & { readonly cursor: Cursor }): AsyncIterable<StreamPage<Cursor>>;
}

/** Some documents and where to resume once they are durable. */
export interface StreamPage<Cursor = unknown> {
  readonly documents: Iterable<object>;
  /** Documents with at least the key, whose rows go. */
  readonly deleted?: Iterable<object>;
  readonly cursor: Cursor;
}

export interface SourceDefinition<Config> {
  readonly name: string;
  readonly title: string;
  readonly config: z.ZodType<Config>;
  readonly streams: readonly StreamDefinition<Config>[];
  readonly address?: Address;
  /** How long to wait before streams are read again, when they are read forever. */
  readonly intervalMs?: number;
  /** Streams that are read at the same time; 1 unless the system likes more. */
  readonly concurrency?: number;
  check(scope: Scope<Config>): Promise<void>;
}

/** A stream whose types follow from its settings and its cursor. */
export function stream<Config, Cursor>(
  _config: z.ZodType<Config>,
  definition: StreamDefinition<Config, Cursor>,
): StreamDefinition<Config> {
  // `read` gets only cursors that `definition.cursor` has parsed.
  return definition;
}

/** A {@link Source} of independent streams. */
export function source<Config>(definition: SourceDefinition<Config>): Source<Config, Resource> {
  const { streams } = definition;
  return {
    name: definition.name,
    title: definition.title,
    config: definition.config,
    resource: Resource,
    cursor: z.json(),
    ...(definition.address === undefined ? {} : { address: definition.address }),
    check: (scope) => definition.check(scope),
    async discover() {
      return streams.map(({ name, key = [], document }) => ({
        name,
        key: key.map((member) => `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`),
        schema: documentSchema(document),
        resource: { stream: name },
      }));
    },
    pull: (request) => pull(definition, request),
  };
}

const Resource = z.object({
  stream: z.string().meta({ title: 'Stream', description: 'The stream that you want to read.' }),
});
type Resource = z.infer<typeof Resource>;

type Request<Config> = PullRequest<Config, Resource>;

function pull<Config>(definition: SourceDefinition<Config>, request: Request<Config>) {
  const streams = request.bindings.map((_, binding) => ({
    binding,
    events: readBinding(definition, request, binding),
  }));
  const { concurrency = 1 } = definition;
  // Streams that never end would wait for each other for ever.
  const atOnce = request.until === 'forever' ? Math.max(concurrency, streams.length) : concurrency;
  return interleave(streams, { concurrency: atOnce, signal: request.signal });
}

async function* readBinding<Config>(
  definition: SourceDefinition<Config>,
  request: Request<Config>,
  binding: number,
): AsyncGenerator<SourceEvent, void, undefined> {
  const { signal } = request;
  const { chosen, found } = streamOf(definition, request, binding);
  let saved = request.state.bindings[chosen.stateKey];
  if (saved === undefined) yield { is: 'backfill-begins', binding };
  let backfilling = saved === undefined;
  for (;;) {
    const cursor = parseCursor(found, saved);
    for await (const page of found.read({ ...request, cursor })) {
      // A cursor is what its schema made of JSON, and goes back to JSON.
      const change = patchBetween(saved as Json | undefined, page.cursor as Json);
      saved = page.cursor;
      yield* pageEvents(binding, page);
      const patch = change === undefined ? {} : { bindings: { [chosen.stateKey]: change } };
      yield { is: 'checkpoint', patch };
      signal.throwIfAborted();
    }
    if (backfilling) yield { is: 'backfill-ends', binding };
    backfilling = false;
    yield { is: 'caught-up', binding };
    if (request.until === 'caught-up') return;
    // An event source is only closed between checkpoints, so the wait stands alone.
    yield { is: 'checkpoint', patch: {} };
    await sleepFor(definition.intervalMs ?? 300_000, signal);
  }
}

function* pageEvents(binding: number, page: StreamPage): Generator<SourceEvent, void, undefined> {
  const documents = encodeDocuments(page.documents);
  if (documents.ends.length > 0) yield { is: 'documents', binding, documents };
  const deleted = encodeDocuments(page.deleted ?? [], Op.delete);
  if (deleted.ends.length > 0) yield { is: 'documents', binding, documents: deleted };
}

function streamOf<Config>(
  definition: SourceDefinition<Config>,
  { bindings }: Request<Config>,
  binding: number,
) {
  const chosen = bindings[binding];
  if (chosen === undefined) throw new Error(`there is no binding ${binding}`);
  const wanted = chosen.resource.stream;
  const found = definition.streams.find(({ name }) => name === wanted);
  if (found !== undefined) return { chosen, found };
  throw new Failure('config', `${definition.name} has no stream ${wanted}`, {
    where: `stream ${chosen.stream}`,
    hint: `Its streams are ${definition.streams.map(({ name }) => name).join(', ')}.`,
  });
}

/** The cursor to go on from; the schema's default when nothing was saved. */
function parseCursor(definition: StreamDefinition, saved: unknown): unknown {
  const parsed = definition.cursor.safeParse(saved);
  if (parsed.success) return parsed.data;
  const issues = describeIssues(parsed.error.issues);
  if (saved === undefined) {
    throw new Error(`the cursor of the stream ${definition.name} has no default (${issues})`);
  }
  throw new Failure('state', `the saved state does not fit this connector (${issues})`, {
    where: `stream ${definition.name}`,
    hint: 'Start again with a new backfill: fairlead state reset.',
  });
}
