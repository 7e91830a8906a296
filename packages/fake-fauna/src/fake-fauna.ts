import type { Role } from './access.ts';
import { Counters } from './counters.ts';
import { DirectStore } from './direct-store.ts';
import { Faults } from './faults.ts';
import { handle } from './http/handler.ts';
import { listen } from './http/listen.ts';
import { Pace } from './http/pace.ts';
import { RequestLog } from './http/request-record.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { systemClock, type Clock } from './store/clock.ts';
import { Database } from './store/database.ts';

export interface FakeFaunaOptions {
  /** A free port of the loopback interface unless told. */
  readonly port?: number;
  /** What the admin's secret is: `secret` unless told. */
  readonly secret?: string;
  /** More secrets, with what each may do. */
  readonly secrets?: Readonly<Record<string, Role>>;
  readonly clock?: Clock;
  readonly settings?: Partial<Settings>;
  /** How many requests are remembered: 1,000 unless told. */
  readonly logLimit?: number;
}

/** A server that runs. Disposing closes it, and all connections. */
export interface FakeFauna extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:8443`. */
  readonly address: string;
  /** The admin's. */
  readonly secret: string;
  /** The role of each secret; it may be changed. */
  readonly secrets: Map<string, Role>;
  readonly clock: Clock;
  /** The database, to write and read without a client. */
  readonly store: DirectStore;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly log: RequestLog;
  /** May be changed while it runs. */
  readonly settings: Settings;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts a Fauna that keeps everything in memory, history and all. */
export async function startFakeFauna(options: FakeFaunaOptions = {}): Promise<FakeFauna> {
  const { secret = 'secret', clock = systemClock(), logLimit = 1000 } = options;
  const database = new Database(clock);
  const settings = { ...defaultSettings(), ...options.settings };
  const secrets = new Map<string, Role>([
    [secret, 'admin'],
    ...Object.entries(options.secrets ?? {}),
  ]);
  const [faults, counters, log] = [new Faults(), new Counters(), new RequestLog(logLimit)];
  const pace = new Pace(settings);
  const handling = { database, settings, secrets, faults, counters, log, pace };
  const listening = await listen(host, options.port ?? 0, (request, response) => {
    // A client that goes away in the middle of its request gets no answer.
    handle(handling, request, response).catch(() => response.destroy());
  });
  const { port } = listening;
  const close = () => listening.close();
  return {
    host,
    port,
    address: `http://${host}:${port}`,
    secret,
    secrets,
    clock,
    store: new DirectStore(database, settings),
    faults,
    counters,
    log,
    settings,
    close,
    [Symbol.asyncDispose]: close,
  };
}
