import type { Mask } from '@fairlead/host-io';
import {
  createLog,
  Failure,
  isFailure,
  type Destination,
  type Log,
  type Materialization,
  type Scope,
  type Source,
  type SourceEvent,
  type Writer,
} from '@fairlead/sdk';

/** The mask for some settings, found when it is first needed. */
type MaskFor = (settings: unknown) => Promise<Mask>;

/** The source, of which no log line and no failure shows what the mask hides. */
export function maskSource(source: Source, maskFor: MaskFor): Source {
  return {
    ...source,
    check: (scope) => masking(maskFor, scope, (masked) => source.check(masked)),
    discover: (scope) => masking(maskFor, scope, (masked) => source.discover(masked)),
    async *pull(request) {
      const mask = await maskFor(request.config);
      try {
        const events = source.pull({ ...request, log: maskLog(request.log, mask) });
        for await (const event of events) yield maskEvent(event, mask);
      } catch (error) {
        throw maskError(error, mask);
      }
    },
  };
}

/** The materialization, of which no log line and no failure shows what the mask hides. */
export function maskMaterialization(
  materialization: Materialization,
  maskFor: MaskFor,
): Materialization {
  return {
    ...materialization,
    check: (scope) => masking(maskFor, scope, (masked) => materialization.check(masked)),
    connect: (scope) =>
      masking(maskFor, scope, async (masked, mask) =>
        maskDestination(await materialization.connect(masked), mask),
      ),
  };
}

function maskDestination(destination: Destination, mask: Mask): Destination {
  const hide = hiding(mask);
  return {
    plan: (tables) => hide(() => destination.plan(tables)),
    apply: (plan) => hide(() => destination.apply(plan)),
    saved: (request) => hide(() => destination.saved(request)),
    open: (request) => hide(async () => maskWriter(await destination.open(request), mask)),
    [Symbol.asyncDispose]: () => destination[Symbol.asyncDispose](),
  };
}

/** A writer of executables, which neither load nor replace nor acknowledge. */
function maskWriter(writer: Writer, mask: Mask): Writer {
  const hide = hiding(mask);
  return {
    checkpoint: writer.checkpoint,
    alter: (tables) => hide(() => writer.alter(tables)),
    store: (table, documents) => hide(() => writer.store(table, documents)),
    truncate: (table) => hide(() => writer.truncate(table)),
    commit: (checkpoint) => hide(() => writer.commit(checkpoint)),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

async function masking<Result>(
  maskFor: MaskFor,
  scope: Scope,
  work: (scope: Scope, mask: Mask) => Promise<Result>,
): Promise<Result> {
  const mask = await maskFor(scope.config);
  return await hiding(mask)(() => work({ ...scope, log: maskLog(scope.log, mask) }, mask));
}

function hiding(mask: Mask) {
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw maskError(error, mask);
    }
  };
}

function maskEvent(event: SourceEvent, mask: Mask): SourceEvent {
  if (event.is !== 'failed') return event;
  const failure = maskError(event.failure, mask);
  return isFailure(failure) ? { ...event, failure } : event;
}

function maskError(error: unknown, mask: Mask): unknown {
  if (!isFailure(error)) return error;
  const { kind, message, where, retryAfterMs, cause } = error;
  const hint = error.hint ?? lastWords(cause);
  // The cause may be the program's own text; what matters of it is the hint.
  return new Failure(kind, mask(message), {
    ...(where === undefined ? {} : { where: mask(where) }),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The last line of what a program printed that ended without saying why. */
function lastWords(cause: unknown): string | undefined {
  // An error of the system has a code, and is told by the message.
  if (!(cause instanceof Error) || 'code' in cause) return undefined;
  const line = cause.message.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? undefined : `Its last words: ${line}`;
}

/** A log without what the mask hides, in messages or in fields that are text. */
export function maskLog(log: Log, mask: Mask): Log {
  return createLog((level, message, fields) => {
    const shown = Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? mask(value) : value,
    ]);
    log[level](mask(message), Object.fromEntries(shown));
  });
}
