import { Failure, wholeRange, type KeyRange, type Log, type Materialization } from '@fairlead/sdk';
import { connectorStatus } from '../flow-log.ts';
import type { RangeSpec } from '../protocol/flow-messages.ts';
import type { MaterializeRequest } from '../protocol/materialize-messages.ts';
import { jsonOf, type Answers } from './answers.ts';
import { bindSpec } from './bind-spec.ts';
import { decodeCheckpoint, fromZero } from './checkpoint-text.ts';
import type { MaterializationSpec } from './flow-spec.ts';
import { paceOf } from './pace.ts';
import { isMine, readPending } from './pending.ts';
import { readSyncSchedule } from './sync-schedule.ts';
import { Transactions } from './transactions.ts';

export interface SessionParts {
  readonly answers: Answers;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called with what went wrong while no request was waited for. */
  readonly fail: (error: unknown) => void;
}

/** One long-lived session of a shard. Disposing it rolls back what is not committed. */
export interface Session extends AsyncDisposable {
  readonly transactions: Transactions;
}

/**
 * Takes the task's range over from any older session of it, and answers where it was.
 * @throws {Failure} config or state
 */
export async function openSession(
  materialization: Materialization,
  request: Extract<MaterializeRequest, { is: 'open' }>,
  { answers, log, signal, fail }: SessionParts,
): Promise<Session> {
  const built: MaterializationSpec = request.materialization ?? {};
  const { task, connected, tables } = bindSpec(materialization, built);
  const schedule = readSyncSchedule(jsonOf(built.config));
  const { commits } = materialization;
  const range = rangeOf(request.range);
  if (commits === 'in-destination') assertOneShard(range, built);
  const pending =
    commits === 'staged'
      ? readPending(jsonOf(request.state)).filter((entry) => isMine(entry, range))
      : [];
  const destination = await connected.connect({ log, signal });
  try {
    const writer = await destination.open({
      task,
      range,
      tables: tables.map(({ table }) => table),
      ...(pending[0] === undefined ? {} : { state: pending[0].staged }),
    });
    const transactions = new Transactions({
      writer,
      commits,
      range,
      tables,
      pending,
      answers,
      fail,
      ...(schedule === undefined ? {} : { pace: paceOf(schedule, task) }),
    });
    const session = {
      transactions,
      async [Symbol.asyncDispose]() {
        // A writer must not be closed while it commits.
        await transactions.settle();
        await writer[Symbol.asyncDispose]();
        await destination[Symbol.asyncDispose]();
      },
    };
    const checkpoint = checkpointOf(commits, writer.checkpoint);
    await writer.alter(tables.map(({ table }) => table));
    await answers.write({
      is: 'opened',
      ...(checkpoint === undefined ? {} : { runtimeCheckpoint: checkpoint }),
    });
    await answers.flush();
    log.info('Running', connectorStatus);
    return session;
  } catch (error) {
    await destination[Symbol.asyncDispose]();
    throw error;
  }
}

function rangeOf(range: RangeSpec | undefined): KeyRange {
  return range === undefined ? wholeRange : { begin: range.keyBegin, end: range.keyEnd };
}

/** What overrides the runtime's own checkpoint: only where the destination is the truth. */
function checkpointOf(
  commits: Materialization['commits'],
  saved: string | null,
): Uint8Array | undefined {
  if (commits !== 'in-destination') return undefined;
  return saved === null ? fromZero : decodeCheckpoint(saved);
}

/** The newer runtime takes a checkpoint only from the shard where the keys begin. */
function assertOneShard({ begin }: KeyRange, { shardTemplate }: MaterializationSpec): void {
  const labels = shardTemplate?.labels?.labels ?? [];
  const isNew = labels.some(({ name, value }) => name === newRuntimeLabel && value === 'true');
  if (isNew && begin !== 0) {
    throw new Failure(
      'config',
      'this destination keeps one checkpoint, and the task has several shards',
      {
        hint: 'Join the shards of the task into one.',
      },
    );
  }
}

const newRuntimeLabel = 'estuary.dev/flag/enable-runtime-v2';
