import { addAbortListener } from 'node:events';
import {
  type Documents,
  hash32,
  inRange,
  interleave,
  type KeyRange,
  type PullRequest,
  selectDocuments,
  type SourceEvent,
  startOf,
  wholeRange,
} from '@fairlead/sdk';
import type { LogStep, MemorySourceOptions, MemoryStream } from './memory-stream.ts';
import type { Script, Step } from './script.ts';

type Position = { readonly at: number };
type Request = PullRequest<unknown, { readonly stream: string }, Position, Position>;

/** The events of streams that are read each by itself. */
export function readScripts(
  options: MemorySourceOptions,
  failedTimes: Map<Step, number>,
  request: Request,
): AsyncIterable<SourceEvent> {
  const streams = request.bindings.map((_, binding) => ({
    binding,
    events: readScript(options, failedTimes, request, binding),
  }));
  const { concurrency = 1 } = options;
  const atOnce = request.until === 'forever' ? Math.max(concurrency, streams.length) : concurrency;
  return interleave(streams, { concurrency: atOnce, signal: request.signal });
}

async function* readScript(
  options: MemorySourceOptions,
  failedTimes: Map<Step, number>,
  request: Request,
  binding: number,
): AsyncGenerator<SourceEvent, void, undefined> {
  const { stateKey } = bindingAt(request, binding);
  const stream = streamOf(options, request, binding);
  const script: Script = stream.script ?? [];
  for (let at = request.state.bindings[stateKey]?.at ?? 0; at < script.length; at++) {
    const step = script.at(at);
    if (step === undefined) break;
    request.signal.throwIfAborted();
    if (step.is === 'checkpoint') {
      yield { is: 'checkpoint', patch: { bindings: { [stateKey]: { at: at + 1 } } } };
    } else {
      yield* take(step, binding, stream, failedTimes, request);
    }
  }
  yield { is: 'caught-up', binding };
  if (request.until === 'caught-up') return;
  yield { is: 'checkpoint', patch: {} };
  await untilAborted(request.signal);
}

/** The events of streams that share one position. */
export async function* readSharedScript(
  options: MemorySourceOptions,
  log: Script<LogStep>,
  failedTimes: Map<Step, number>,
  request: Request,
): AsyncGenerator<SourceEvent, void, undefined> {
  const begin = request.state.shared?.at ?? 0;
  yield* catchUpNewBindings(options, log, failedTimes, request, begin);
  for (let at = begin; at < log.length; at++) {
    const step = log.at(at);
    if (step === undefined) break;
    request.signal.throwIfAborted();
    if (step.is === 'checkpoint') {
      yield { is: 'checkpoint', patch: { shared: { at: at + 1 } } };
      continue;
    }
    for (const binding of bindingsOf(step, request)) {
      yield* take(step, binding, streamOf(options, request, binding), failedTimes, request);
    }
  }
  for (const binding of request.bindings.keys()) yield { is: 'caught-up', binding };
  if (request.until === 'forever') await untilAborted(request.signal);
}

/** Gives each binding that was not there before the documents that others have had already. */
async function* catchUpNewBindings(
  options: MemorySourceOptions,
  log: Script<LogStep>,
  failedTimes: Map<Step, number>,
  request: Request,
  end: number,
): AsyncGenerator<SourceEvent, void, undefined> {
  for (const [binding, { stateKey }] of request.bindings.entries()) {
    if (request.state.bindings[stateKey] !== undefined) continue;
    yield { is: 'backfill-begins', binding };
    for (let at = 0; at < end; at++) {
      const step = log.at(at);
      if (step?.is !== 'documents' || !bindingsOf(step, request).includes(binding)) continue;
      yield* take(step, binding, streamOf(options, request, binding), failedTimes, request);
    }
    yield { is: 'backfill-ends', binding };
    yield { is: 'checkpoint', patch: { bindings: { [stateKey]: { at: end } } } };
  }
}

/** What a step says or does, other than a checkpoint. */
async function* take(
  step: Exclude<Step, { readonly is: 'checkpoint' }>,
  binding: number,
  stream: MemoryStream,
  failedTimes: Map<Step, number>,
  { signal, range }: Request,
): AsyncGenerator<SourceEvent, void, undefined> {
  switch (step.is) {
    case 'documents': {
      const documents = inKeyRange(step.documents, stream.key ?? ['/id'], range);
      if (documents.ends.length > 0) yield { is: 'documents', binding, documents };
      return;
    }
    case 'fails': {
      const times = failedTimes.get(step) ?? 0;
      if (times >= step.times) return;
      failedTimes.set(step, times + 1);
      throw step.error;
    }
    case 'waits':
      await orAborted(step.until(), signal);
      return;
    case 'schema':
      yield { is: 'schema', binding, schema: step.schema };
      return;
    case 'progress': {
      const { unit, done, total } = step;
      yield { is: 'progress', binding, unit, done, total };
      return;
    }
    default:
      yield { is: step.is, binding };
  }
}

/** The documents whose key belongs to a range. */
function inKeyRange(documents: Documents, key: readonly string[], range: KeyRange): Documents {
  if (range.begin === wholeRange.begin && range.end === wholeRange.end) return documents;
  const text = Buffer.from(documents.bytes);
  return selectDocuments(documents, (index) => {
    const line = text.toString('utf8', startOf(documents, index), documents.ends[index]);
    const document: Record<string, unknown> = JSON.parse(line);
    const values = key.map((pointer) => document[pointer.slice(1)]);
    return inRange(range, hash32(JSON.stringify(values)));
  });
}

function bindingsOf(step: LogStep, { bindings }: Request): number[] {
  if (step.stream === undefined) return step.is === 'fails' || step.is === 'waits' ? [0] : [];
  return [...bindings.keys()].filter((index) => bindings[index]?.resource.stream === step.stream);
}

function streamOf(options: MemorySourceOptions, request: Request, binding: number): MemoryStream {
  const { stream } = bindingAt(request, binding).resource;
  const found = options.streams.find(({ name }) => name === stream);
  if (found === undefined) throw new Error(`the memory source has no stream ${stream}`);
  return found;
}

function bindingAt({ bindings }: Request, index: number) {
  const binding = bindings[index];
  if (binding === undefined) throw new Error(`there is no binding ${index}`);
  return binding;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  await orAborted(new Promise(() => {}), signal);
}

/** Settles as `promise` does, or fails with the signal's reason when it is aborted first. */
async function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop: Disposable | undefined;
  try {
    await new Promise((resolve, reject) => {
      stop = addAbortListener(signal, () => reject(signal.reason));
      promise.then(resolve, reject);
    });
  } finally {
    stop?.[Symbol.dispose]();
  }
}
