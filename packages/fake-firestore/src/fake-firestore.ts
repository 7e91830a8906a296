import { createGrpcServer } from '@fairlead/grpc';
import { Counters } from './counters.ts';
import { DirectDatabase } from './direct-database.ts';
import { Faults } from './faults/faults.ts';
import { Listeners } from './listen/listeners.ts';
import { openDelayLine } from './network/delay-line.ts';
import { createHandlers } from './rpc/handlers.ts';
import { Pace } from './rpc/pace.ts';
import { defaultSettings, type ListenSettings, type Settings } from './settings.ts';
import { Store } from './store/store.ts';
import { Transactions } from './store/transactions.ts';
import { systemClock, type Clock } from './time/clock.ts';

export interface FakeFirestoreOptions {
  /** Where it listens: a free port of the loopback interface unless told. */
  readonly host?: string;
  readonly port?: number;
  /** The project of `store` and `database`: demo unless told. Clients may name any. */
  readonly project?: string;
  readonly clock?: Clock;
  /** How far back any microsecond can be read: an hour unless told. */
  readonly retentionMs?: number;
  /** Whether whole minutes can be read seven days back. */
  readonly pointInTimeRecovery?: boolean;
  /** The ids of the databases of the project; any unless told, each there once it is named. */
  readonly databases?: readonly string[];
  readonly settings?: Partial<Omit<Settings, 'listen'>> & {
    readonly listen?: Partial<ListenSettings>;
  };
  /** How long a byte to the server and one back take together: no time unless told. */
  readonly roundTripMs?: number;
  /** Streams that a client may have open on one connection: 100, as at Google. */
  readonly maxConcurrentStreams?: number;
}

/** A server that runs. Disposing closes it, and with it what clients have open. */
export interface FakeFirestore extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** What FIRESTORE_EMULATOR_HOST has to be. */
  readonly address: string;
  readonly clock: Clock;
  /** The default database, to write and read without a client. */
  readonly store: DirectDatabase;
  readonly faults: Faults;
  readonly listeners: Listeners;
  readonly counters: Counters;
  /** May be changed while it runs. */
  readonly settings: Settings;
  /** Another database of the project. */
  database(id: string): DirectDatabase;
  close(): Promise<void>;
}

const hour = 3_600_000;

/** Starts a Firestore of many versions that keeps everything in memory. */
export async function startFakeFirestore(
  options: FakeFirestoreOptions = {},
): Promise<FakeFirestore> {
  const { project = 'demo', clock = systemClock(), databases } = options;
  const nameOf = (id: string) => `projects/${project}/databases/${id}`;
  const retention = {
    retentionMs: options.retentionMs ?? hour,
    pointInTimeRecovery: options.pointInTimeRecovery ?? false,
  };
  const store = new Store(clock, retention, databases?.map(nameOf));
  const defaults = defaultSettings();
  const settings = {
    ...defaults,
    ...options.settings,
    listen: { ...defaults.listen, ...options.settings?.listen },
  };
  const [faults, listeners, counters] = [new Faults(), new Listeners(), new Counters()];
  const transactions = new Transactions(store);
  const pace = new Pace(settings);
  const shared = { store, transactions, settings, counters, faults, listeners, pace };
  const handlers = createHandlers(shared);
  const server = createGrpcServer(handlers, {
    maxConcurrentStreams: options.maxConcurrentStreams ?? 100,
  });
  const { host = '127.0.0.1', port: wantedPort = 0, roundTripMs = 0 } = options;
  const { port: serverPort } = await server.listen({
    host,
    port: roundTripMs > 0 ? 0 : wantedPort,
  });
  const line =
    roundTripMs > 0
      ? await openDelayLine({ host, port: wantedPort, serverPort, roundTripMs })
      : undefined;
  const port = line?.port ?? serverPort;
  const close = async () => {
    await line?.close();
    await server.destroy();
  };
  return {
    host,
    port,
    address: `${host}:${port}`,
    clock,
    store: new DirectDatabase(store, nameOf('(default)')),
    faults,
    listeners,
    counters,
    settings,
    database: (id) => new DirectDatabase(store, nameOf(id)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
