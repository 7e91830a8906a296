import type { z } from 'zod';
import type { Documents } from './documents.ts';
import { Failure } from './failure.ts';
import type { Json } from './json-value.ts';
import type { Destination, Materialization } from './materialization.ts';
import { describeIssues, parseSettings } from './settings-check.ts';
import type {
  Binding,
  Estimate,
  PullRequest,
  Scope,
  Source,
  SourceEvent,
  StreamInfo,
} from './source.ts';
import type { SourceState } from './state.ts';

/** A source whose settings were accepted. Before it all is unknown; past it all is typed. */
export interface ConnectedSource {
  readonly source: Source;
  check(scope: Omit<Scope, 'config'>): Promise<void>;
  discover(scope: Omit<Scope, 'config'>): Promise<readonly StreamInfo[]>;
  /** Undefined when the source is not billed. Throws as `pull` does. */
  estimate(request: UnparsedEstimate): Promise<Estimate | undefined>;
  /** @throws {Failure} config for a resource, or when the source does not tell its keys. */
  keys(
    request: Omit<Scope, 'config'> & { readonly binding: Binding<Json> },
  ): AsyncIterable<Documents>;
  /** @throws {Failure} config for a resource, state for a state that is not this source's. */
  pull(request: UnparsedPull): AsyncIterable<SourceEvent>;
}

/** A {@link PullRequest} whose resources and state come from outside. */
export interface UnparsedPull extends Omit<PullRequest, 'config' | 'bindings' | 'state'> {
  readonly bindings: readonly Binding<Json>[];
  readonly state: SourceState;
}

/** An {@link EstimateRequest} whose resources and state come from outside. */
export type UnparsedEstimate = Omit<UnparsedPull, 'until' | 'range' | 'wanted'>;

/**
 * The source with these settings.
 * @throws {Failure} config
 */
export function connect(source: Source, settings: unknown): ConnectedSource {
  const config = parseSettings(source.config, settings, `settings of ${source.name}`);
  return {
    source,
    check: (scope) => source.check({ ...scope, config }),
    discover: (scope) => source.discover({ ...scope, config }),
    estimate: async (request) =>
      await source.estimate?.({ ...request, config, ...parseStreams(source, request) }),
    keys: ({ binding, ...scope }) => {
      if (source.keys === undefined) {
        throw new Failure('config', `${source.name} does not tell which documents there are`, {
          where: `stream ${binding.stream}`,
        });
      }
      return source.keys({ ...scope, config, binding: parseBinding(source, binding) });
    },
    pull: (request) => source.pull({ ...request, config, ...parseStreams(source, request) }),
  };
}

function parseStreams(
  source: Source,
  { bindings, state }: Pick<UnparsedPull, 'bindings' | 'state'>,
): Pick<PullRequest, 'bindings' | 'state'> {
  return {
    bindings: bindings.map((binding) => parseBinding(source, binding)),
    state: parseState(source, state, bindings),
  };
}

function parseBinding(source: Source, binding: Binding<Json>): Binding {
  const where = `stream ${binding.stream}`;
  return { ...binding, resource: parseSettings(source.resource, binding.resource, where) };
}

function parseState(
  source: Source,
  state: SourceState,
  bindings: readonly Binding[],
): SourceState<unknown, unknown> {
  const found = bindings.flatMap(({ stateKey, stream }) => {
    const part = Object.hasOwn(state.bindings, stateKey) ? state.bindings[stateKey] : undefined;
    if (part === undefined) return [];
    return [[stateKey, parsePart(source.cursor, part, `stream ${stream}`)] as const];
  });
  const parts: Record<string, unknown> = Object.fromEntries(found);
  if (state.shared === undefined || source.shared === undefined) return { bindings: parts };
  return { shared: parsePart(source.shared, state.shared, source.name), bindings: parts };
}

function parsePart(schema: z.ZodType, part: Json, where: string): unknown {
  const parsed = schema.safeParse(part);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'state',
    `the saved state does not fit this connector (${describeIssues(parsed.error.issues)})`,
    { where, hint: 'Start again with a new backfill: fairlead state reset.' },
  );
}

/** A materialization whose settings were accepted. */
export interface ConnectedMaterialization {
  readonly materialization: Materialization;
  check(scope: Omit<Scope, 'config'>): Promise<void>;
  connect(scope: Omit<Scope, 'config'>): Promise<Destination>;
  /** @throws {Failure} config */
  parseResource(resource: Json, where: string): unknown;
}

/**
 * The materialization with these settings.
 * @throws {Failure} config
 */
export function connectMaterialization(
  materialization: Materialization,
  settings: unknown,
): ConnectedMaterialization {
  const where = `settings of ${materialization.name}`;
  const config = parseSettings(materialization.config, settings, where);
  return {
    materialization,
    check: (scope) => materialization.check({ ...scope, config }),
    connect: (scope) => materialization.connect({ ...scope, config }),
    parseResource: (resource, at) => parseSettings(materialization.resource, resource, at),
  };
}
