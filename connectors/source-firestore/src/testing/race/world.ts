import {
  startFakeFirestore,
  type DirectWrite,
  type FakeFirestore,
  type Settings,
} from '@fairlead/fake-firestore';
import type { Source } from '@fairlead/sdk';
import { differences } from '../harness/compare.ts';
import type { Life } from '../harness/life.ts';
import { plainOf } from '../harness/plain.ts';
import { quickFirestore } from '../harness/quick-firestore.ts';
import { numbered } from '../harness/writes.ts';
import { Task } from '../harness/task.ts';
import type { Circumstances, Step } from './steps.ts';

/** So that a few documents are read in several chunks, by several scans. */
const sizes = { fewestDocuments: 2, mostDocuments: 6, notWorthSplitting: 2 };

/** The documents that are written to: of three bindings, and of none. */
const paths: readonly string[] = [
  ...['a', 'b', 'c', 'd', 'e', '__id5__', '__id40__', '😀', '\uffee'].map((id) => `users/${id}`),
  ...numbered('users/user', 16),
  ...['a', 'b', 'ghost'].flatMap((user) => numbered(`users/${user}/messages/`, 6)),
  ...[1, 2, 3].map((id) => `groups/g/messages/${id}`),
  'accounts/x/messages/1',
  'zoos/z/messages/1',
];

/** A database, and a task that captures it, to which things happen. */
export class World implements AsyncDisposable {
  readonly fake: FakeFirestore;
  readonly task: Task;
  #life: Life | undefined;
  #lag = 0;
  #n = 0;
  readonly #journal: string[] = [];

  private constructor(fake: FakeFirestore, task: Task) {
    this.fake = fake;
    this.task = task;
  }

  static async begin(
    circumstances: Circumstances,
    sourceOf?: (fake: FakeFirestore) => Source,
  ): Promise<World> {
    const { bindings, settings, listen, before, scanParallelism, isSnapshot } = circumstances;
    const fake = await startFakeFirestore({
      settings: { ...(settings as Partial<Settings>), listen },
    });
    const snapshotTime = isSnapshot ? { snapshotTime: 'now' } : {};
    const config = { advanced: { scanParallelism, ...snapshotTime } };
    const source = sourceOf?.(fake) ?? quickFirestore({ sizes, silenceMs: 400 });
    const task = new Task(fake, bindings, { config, source });
    const world = new World(fake, task);
    for (const index of before) world.#write({ is: 'write', at: index, how: 'set' });
    return world;
  }

  /** Lets one thing happen. @throws when the source has failed. */
  async step(step: Step): Promise<void> {
    const { eventCount = 0 } = this.#life ?? {};
    await this.#do(step);
    this.#note(step, eventCount);
    await this.#pass(step.turns ?? 0);
    const life = this.#life;
    if (life?.hasEnded === true && life.error !== undefined) {
      throw new Error(`the source has failed: ${trace(life.error)}`, { cause: life.error });
    }
  }

  /** What has happened, for a report. */
  get journal(): string {
    return this.#journal.join('\n');
  }

  #note(step: Step, events: number): void {
    const what = 'at' in step && typeof step.at === 'number' ? pathAt(step.at) : '';
    const at = this.fake.store.now();
    this.#journal.push(`${at} µs, after ${events} events: ${JSON.stringify(step)} ${what}`);
  }

  /** Lets all come to rest, and says how the destination differs from the database. */
  async finish(byKill: boolean): Promise<string[]> {
    const { fake, task } = this;
    fake.faults.clear();
    fake.listeners.release();
    if (this.#life !== undefined && byKill) await this.#life.kill();
    else if (this.#life !== undefined) {
      await task.settled(this.#life, 15_000);
      await this.#life.stop();
    }
    this.#life = undefined;
    await task.catchUp({}, 15_000);
    return differences(task);
  }

  async #do(step: Step): Promise<void> {
    const { fake } = this;
    switch (step.is) {
      case 'write':
        return this.#write(step);
      case 'writes': {
        const writes = new Map(step.at.map((at) => [pathAt(at), at]));
        const commits = [...writes.keys()].map((path): DirectWrite => {
          return { set: path, fields: { n: ++this.#n } };
        });
        fake.store.commit(...commits);
        return;
      }
      case 'live':
        if (this.#life === undefined) this.#begin(step.lag);
        return;
      case 'kill':
        await this.#life?.kill();
        this.#begin(step.lag);
        return;
      case 'down':
        await this.#life?.kill();
        this.#life = undefined;
        return;
      case 'stop':
        await this.#life?.stop();
        this.#begin(this.#lag);
        return;
      case 'catch-up':
        await this.#life?.kill();
        this.#life = undefined;
        fake.faults.clear();
        fake.listeners.release();
        await this.task.catchUp({ lag: step.lag }, 15_000);
        this.#begin(step.lag);
        return;
      case 'reset':
        return fake.listeners.reset();
      case 'remove':
        return fake.listeners.remove({ code: step.code });
      case 'fail-target':
        return fake.listeners.failTargets({
          afterDocuments: step.after,
          cause: { code: step.code },
        });
      case 'fault':
        return fake.faults.push(step.rpc, { afterMessages: step.after, end: step.end });
      case 'filter':
        return fake.listeners.filter();
      case 'heartbeat':
        return fake.listeners.heartbeat();
      case 'hold':
        return fake.listeners.hold();
      case 'release':
        return fake.listeners.release();
      case 'limit':
        if (fake.settings.style === 'production') fake.settings.listen.catchUpLimit = step.limit;
        return;
      case 'hours':
        fake.clock.advance(step.hours * 3_600_000);
        fake.listeners.heartbeat();
        return;
      case 'nothing':
    }
  }

  #begin(lag: number): void {
    this.#lag = lag;
    this.#life = this.task.live({ lag });
  }

  #write({ at, how }: Extract<Step, { readonly is: 'write' }>): void {
    const { store } = this.fake;
    const path = pathAt(at);
    const before = store.read(path);
    if (how === 'delete') store.delete(path);
    else if (how === 'same' && before !== undefined) {
      // Everything here is plain enough to be written again.
      store.set(path, plainOf(before.fields) as { n: number });
    } else if (how === 'update' && before !== undefined) store.update(path, { n: ++this.#n });
    else if (how === 'recreate') {
      store.delete(path);
      store.set(path, { n: ++this.#n });
    } else store.set(path, { n: ++this.#n });
  }

  /** Lets some turns of the event loop pass, or fewer when the source says something. */
  async #pass(turns: number): Promise<void> {
    const seen = this.#life?.eventCount;
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turn >= 20 && this.#life?.eventCount !== seen) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.task[Symbol.asyncDispose]();
    await this.fake.close();
  }
}

function pathAt(index: number): string {
  return paths[index % paths.length] ?? '';
}

/** An error with where it came from. */
function trace(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${trace(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
