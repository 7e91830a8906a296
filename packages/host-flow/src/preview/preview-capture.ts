import { Failure, type Json, type KeyRange, wholeRange } from '@fairlead/sdk';
import { jsonText } from '../protocol/json-text.ts';
import {
  callOnce,
  type CaptureConnector,
  type DiscoveredBinding,
  discoverCapture,
} from './capture-calls.ts';
import {
  captureSession,
  type CaptureSessionOptions,
  type PreviewEvent,
} from './capture-session.ts';
import { afterUpdate, readUpdate } from './state-update.ts';

export interface PreviewOptions extends CaptureConnector {
  /** Settings of the connection. */
  readonly config: Json;
  /** Recommended names of the bindings to read; all that are not disabled unless given. */
  readonly streams?: readonly string[];
  /** The task's name, whose first part is that of its collections; `acmeCo/preview` unless given. */
  readonly task?: string;
  /**
   * After how many checkpoints each session ends; -1 goes on until the connector ends or is quiet.
   * Every session goes on from the state of the one before. One session without end unless given.
   */
  readonly sessions?: readonly number[];
  /** Over how many shards the keys are split, which are read one after another; 1 unless given. */
  readonly shards?: number;
  /** The state of the first session. */
  readonly state?: Json;
  readonly acknowledge?: boolean;
  readonly stop?: 'close' | 'kill';
  readonly quietMs?: number;
}

/** What a preview shows, in order. */
export type PreviewStep =
  | { readonly is: 'bindings'; readonly bindings: readonly PreviewBinding[] }
  | { readonly is: 'applied'; readonly actionDescription: string }
  | { readonly is: 'session'; readonly session: number; readonly range: KeyRange }
  | PreviewEvent
  /** The state of a shard after its last session. */
  | { readonly is: 'final-state'; readonly range: KeyRange; readonly state: Json };

export interface PreviewBinding {
  readonly collection: string;
  readonly resourcePath: readonly string[];
  readonly key: readonly string[];
}

/**
 * Runs a capture as the Flow runtime would: Spec before everything, Discover, Validate, Apply until
 * it asks for nothing more, and then sessions. Documents are shown as they were captured; they are
 * not reduced by key, and count once a checkpoint follows.
 * @throws {Failure} config, for a stream that is not offered; data, for whatever the runtime would
 * refuse.
 */
export async function* previewCapture(
  options: PreviewOptions,
): AsyncGenerator<PreviewStep, void, undefined> {
  const { task = 'acmeCo/preview', sessions = [-1], shards = 1, config } = options;
  const bindings = await bindingsFor(options, task);
  yield {
    is: 'bindings',
    bindings: bindings.map(({ collection, resourcePath }) => ({
      collection: collection.name,
      resourcePath,
      key: collection.key,
    })),
  };
  const capture = {
    name: task,
    connectorType: 'LOCAL',
    config: jsonText(config),
    bindings,
    intervalSeconds: 300,
  } as const;
  const first = yield* applyUntilStable(options, capture);
  const states = splitRange(shards).map((range) => ({ range, state: first }));
  for (const [session, checkpoints] of sessions.entries()) {
    for (const shard of states) {
      yield { is: 'session', session, range: shard.range };
      const events = captureSession({
        connector: options,
        capture,
        range: shard.range,
        state: shard.state,
        ...(checkpoints < 0 ? {} : { checkpoints }),
        ...given(options, 'acknowledge', 'stop', 'quietMs'),
      });
      for await (const event of events) {
        if (event.is === 'checkpoint') shard.state = event.state;
        yield event;
      }
    }
  }
  for (const { range, state } of states) yield { is: 'final-state', range, state };
}

/** Parts of the key space of about the same size, in order. */
export function splitRange(shards: number): readonly KeyRange[] {
  const size = wholeRange.end + 1;
  return Array.from({ length: shards }, (_, index) => ({
    begin: Math.floor((size * index) / shards),
    end: Math.floor((size * (index + 1)) / shards) - 1,
  }));
}

type CaptureSpecDraft = CaptureSessionOptions['capture'];

async function bindingsFor(options: PreviewOptions, task: string) {
  const offered = await discoverCapture(options, options.config);
  const chosen = choose(offered, options.streams);
  const prefix = task.slice(0, task.lastIndexOf('/') + 1);
  const drafts = chosen.map((found) => ({
    resourceConfig: found.resourceConfig ?? jsonText({}),
    collection: {
      name: `${prefix}${found.recommendedName}`,
      key: found.key,
      uuidPtr: '/_meta/uuid',
      writeSchema: found.documentSchema ?? jsonText({}),
    },
  }));
  const { bindings } = await callOnce(options, 'validated', {
    is: 'validate',
    name: task,
    connectorType: 'LOCAL',
    config: jsonText(options.config),
    bindings: drafts,
  });
  if (bindings.length !== drafts.length) {
    throw new Failure('data', `${drafts.length} bindings were validated as ${bindings.length}`);
  }
  const paths = new Set<string>();
  return drafts.map((draft, index) => {
    const resourcePath = bindings[index]?.resourcePath ?? [];
    const stateKey = encodeURIComponent(resourcePath.join('/'));
    if (resourcePath.length === 0 || paths.has(stateKey)) {
      throw new Failure('data', 'resource paths have to be there, and unique', {
        where: `binding ${index}`,
      });
    }
    paths.add(stateKey);
    return { ...draft, resourcePath, stateKey };
  });
}

function choose(
  offered: readonly DiscoveredBinding[],
  names: readonly string[] | undefined,
): readonly DiscoveredBinding[] {
  if (names === undefined) return offered.filter(({ disable }) => !disable);
  return names.map((name) => {
    const found = offered.find(({ recommendedName }) => recommendedName === name);
    if (found !== undefined) return found;
    const list = offered.map(({ recommendedName }) => recommendedName).join(', ');
    throw new Failure('config', `the capture offers no stream ${name}`, {
      hint: `It offers: ${list}.`,
    });
  });
}

/** How often a capture may ask to be applied anew with another state. */
const applyRounds = 3;

async function* applyUntilStable(
  options: PreviewOptions,
  capture: CaptureSpecDraft,
): AsyncGenerator<PreviewStep, Json, undefined> {
  let state: Json = options.state ?? {};
  for (let round = 0; round < applyRounds; round++) {
    const applied = await callOnce(options, 'applied', {
      is: 'apply',
      capture,
      version: 'preview',
      state: jsonText(state),
    });
    const { actionDescription } = applied;
    if (actionDescription !== '') yield { is: 'applied', actionDescription };
    if (applied.state?.updated === undefined) return state;
    state = afterUpdate(state, readUpdate(applied.state));
  }
  throw new Failure('data', `the capture still changes its state after ${applyRounds} applies`);
}

function given<T, K extends keyof T>(options: T, ...names: readonly K[]): Pick<T, K> {
  const entries = names.flatMap((name) =>
    options[name] === undefined ? [] : [[name, options[name]]],
  );
  // Members that are there keep their types.
  return Object.fromEntries(entries) as Pick<T, K>;
}
