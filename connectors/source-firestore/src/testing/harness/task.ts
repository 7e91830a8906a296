import {
  connect,
  createLog,
  type Json,
  type Log,
  type Source,
  type SourceEvent,
  type SourceState,
  wholeRange,
} from '@fairlead/sdk';
import type { FakeFirestore } from '@fairlead/fake-firestore';
import { differences } from './compare.ts';
import { Destination } from './destination.ts';
import { Life } from './life.ts';
import { quickFirestore } from './quick-firestore.ts';

/** A binding: the pattern of its path, or its settings, with a state key that is not the pattern. */
export type BindingSetup =
  | string
  | { readonly path: string; readonly stateKey?: string; readonly [setting: string]: Json };

export interface TaskOptions {
  /** Settings of the connection besides where it is; `advanced` is added to. */
  readonly config?: { readonly [setting: string]: Json };
  readonly source?: Source;
}

export interface RunOptions {
  /** How many checkpoints are never durable before the next ones come: none unless told. */
  readonly lag?: number;
  readonly onEvent?: (event: SourceEvent) => void;
}

/** A capture from a fake into a destination, over as many lives as it takes. Disposing ends the last one. */
export class Task implements AsyncDisposable {
  readonly fake: FakeFirestore;
  readonly destination = new Destination();
  readonly #options: TaskOptions;
  readonly #logged: string[] = [];
  #bindings: readonly { readonly path: string; readonly stateKey: string; resource: Json }[] = [];
  #life: Life | undefined;
  #lives = 0;

  constructor(fake: FakeFirestore, bindings: readonly BindingSetup[], options: TaskOptions = {}) {
    this.fake = fake;
    this.#options = options;
    this.bind(bindings);
  }

  /** The patterns of the bindings, with their state keys. */
  get bindings(): readonly { readonly path: string; readonly stateKey: string }[] {
    return this.#bindings;
  }

  /** What was logged, `level message {fields}`. */
  get logged(): readonly string[] {
    return this.#logged;
  }

  get state(): SourceState {
    return this.destination.state;
  }

  /** Chooses other bindings. Those that are no more lose their state and rows. */
  bind(bindings: readonly BindingSetup[]): void {
    this.#bindings = bindings.map((setup) => {
      const { stateKey, ...resource } = typeof setup === 'string' ? { path: setup } : setup;
      return { path: resource.path, stateKey: stateKey ?? resource.path, resource };
    });
    this.destination.keepOnly(this.#bindings.map(({ stateKey }) => stateKey));
  }

  /** Begins a life that reads for ever. */
  live(options: RunOptions = {}): Life {
    return this.#begin('forever', options);
  }

  /** Lives until all has been read. All that came is durable then. */
  async catchUp(options: RunOptions = {}, limitMs?: number): Promise<Life> {
    const life = this.#begin('caught-up', options);
    await life.finished(limitMs);
    return life;
  }

  /** A life that ends when all has been read, to be waited for. */
  begin(options: RunOptions = {}): Life {
    return this.#begin('caught-up', options);
  }

  /** Waits until the destination is like the database. */
  async settled(life: Life, limitMs?: number): Promise<void> {
    const isSame = () => differences(this).length === 0;
    await life.until(isSame, 'the destination was like the database', limitMs);
  }

  #begin(until: 'caught-up' | 'forever', { lag = 0, onEvent }: RunOptions): Life {
    if (this.#life?.hasEnded === false) throw new Error('the life before has not ended');
    const controller = new AbortController();
    const events = connect(this.#options.source ?? quickFirestore(), this.settings).pull({
      bindings: this.#bindings.map(({ path, stateKey, resource }) => ({
        stream: path,
        stateKey,
        resource,
      })),
      state: this.state,
      until,
      range: wholeRange,
      signal: controller.signal,
      log: this.log,
    });
    this.#lives++;
    this.#life = new Life({
      events,
      stateKeys: this.#bindings.map(({ stateKey }) => stateKey),
      destination: this.destination,
      controller,
      lag,
      onEvent,
      number: this.#lives,
      describe: () => this.#describe(),
    });
    return this.#life;
  }

  /** The settings of the connection, as a user writes them. */
  get settings(): Json {
    const { advanced, ...config } = this.#options.config ?? {};
    return {
      database: this.fake.store.name,
      ...config,
      advanced: { emulatorHost: this.fake.address, ...(advanced as { [key: string]: Json }) },
    };
  }

  get log(): Log {
    return createLog((level, message, fields) => {
      const text = JSON.stringify(fields, (_, value: unknown) =>
        value instanceof Error ? value.message : value,
      );
      this.#logged.push(`${level} ${message} ${text}`);
    });
  }

  #describe(): string {
    const { counters, listeners } = this.fake;
    const calls = ['Listen', 'RunQuery', 'RunAggregationQuery', 'BatchGetDocuments'].map((rpc) => {
      const { calls: all, open, reads } = counters.of(rpc);
      return `${rpc}: ${all} calls, ${open} open, ${reads} reads`;
    });
    return [
      'the destination and the database:',
      ...differences(this)
        .slice(0, 10)
        .map((word) => `  ${word}`),
      `the server has ${listeners.count} streams with ${listeners.targetIds.length} targets; ${calls.join('; ')}`,
      'the last words of the log:',
      ...this.#logged.slice(-15).map((line) => `  ${line.slice(0, 400)}`),
    ].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#life?.hasEnded === false) await this.#life.kill();
  }
}
