import { type Answer, jsonServer, type JsonServer, type SeenRequest } from '@fairlead/testkit';
import { answerProducts, type TrackedProduct } from './products.ts';

export interface TrackerOptions {
  /** Bugs at first, each a minute after the one before it. */
  readonly bugs?: number;
  /** The most bugs in an answer, whatever is asked for. */
  readonly most?: number;
  /** The only key that is taken. */
  readonly apiKey?: string;
  /** Whether a key in the header is not looked at, as old versions do. */
  readonly ignoresKeys?: boolean;
  readonly products?: readonly TrackedProduct[];
  /** Instead of an answer, for some requests. */
  readonly instead?: (request: SeenRequest) => Answer | undefined;
}

export interface TrackedBug {
  readonly id: number;
  readonly summary: string;
  readonly product: string;
  readonly last_change_time: string;
}

/**
 * A Bugzilla on this machine, with the REST API of version 5 as far as it is asked here. Its clock
 * stands still until it is set on, and counts seconds.
 */
export class Tracker implements AsyncDisposable {
  /** Called while a page is made: its bugs are found, and have not been loaded yet. */
  whileLoading = () => {};
  /** Called before an answer is made. */
  beforeAnswer = () => {};

  readonly #bugs = new Map<number, TrackedBug>();
  readonly #options: TrackerOptions;
  #nowMs = Date.parse('2024-06-01T12:00:00Z');
  #changes = 0;
  #server: JsonServer | undefined;

  private constructor(options: TrackerOptions) {
    this.#options = options;
  }

  static async start(options: TrackerOptions = {}): Promise<Tracker> {
    const tracker = new Tracker(options);
    for (let id = 1; id <= (options.bugs ?? 0); id++) {
      tracker.#write(id, Date.parse('2024-01-01T00:00:00Z') + id * 60_000);
    }
    const answer = (request: SeenRequest) => tracker.#answer(request);
    const paths = ['version', 'time', 'whoami', 'product', 'bug'];
    const routes = Object.fromEntries(paths.map((path) => [`/rest/${path}`, answer]));
    tracker.#server = await jsonServer(routes);
    return tracker;
  }

  get url(): string {
    return `${this.#server?.url}/rest`;
  }

  get requests(): readonly SeenRequest[] {
    return this.#server?.requests ?? [];
  }

  /** What was asked of bugs, so far. */
  get searches(): readonly URLSearchParams[] {
    return this.requests.filter(({ path }) => path === '/rest/bug').map(({ query }) => query);
  }

  /** All bugs, by id. */
  get bugs(): readonly TrackedBug[] {
    return [...this.#bugs.values()].toSorted((a, b) => a.id - b.id);
  }

  pass(seconds: number): void {
    this.#nowMs += seconds * 1_000;
  }

  /**
   * Changes a bug, or makes it. The time of the change is now, or `lateSeconds` ago, as when its
   * transaction began then and has just ended; never before the bug's last change.
   */
  change(id: number, { lateSeconds = 0 }: { readonly lateSeconds?: number } = {}): void {
    const before = this.#bugs.get(id)?.last_change_time;
    const leastMs = before === undefined ? 0 : Date.parse(before);
    this.#write(id, Math.max(leastMs, this.#nowMs - lateSeconds * 1_000));
  }

  remove(id: number): void {
    this.#bugs.delete(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  #write(id: number, atMs: number): void {
    const summary = `bug ${id}, change ${++this.#changes}`;
    const product = id % 2 === 0 ? 'Core' : 'Fire & Fox';
    this.#bugs.set(id, { id, summary, product, last_change_time: timeText(atMs) });
  }

  #answer(request: SeenRequest): Answer {
    this.beforeAnswer();
    const { apiKey = 'good', ignoresKeys = false, instead = () => undefined } = this.#options;
    const key = ignoresKeys ? undefined : request.headers['x-bugzilla-api-key'];
    if (key !== undefined && key !== apiKey) {
      return refusal(400, 306, 'The API key you specified is invalid.');
    }
    const other = instead(request);
    if (other !== undefined) return other;
    switch (request.path) {
      case '/rest/whoami':
        if (key === undefined) return refusal(401, 410, 'You must log in.');
        return { body: { id: 1, name: 'you@example.com' } };
      case '/rest/time':
        return { body: { db_time: timeText(this.#nowMs), web_time: timeText(this.#nowMs) } };
      case '/rest/product':
        return answerProducts(this.#options.products ?? [], request.query);
      case '/rest/bug':
        return this.#search(request.query);
      default:
        return { body: { version: '5.0.6' } };
    }
  }

  #search(query: URLSearchParams): Answer {
    const { most = 10_000 } = this.#options;
    if (!query.has('limit')) return refusal(400, 50, 'The parameter limit is required.');
    const since = query.get('last_change_time') ?? '';
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(since)) {
      return refusal(400, 51, 'That is no time.');
    }
    const products = query.getAll('product');
    const found = this.bugs
      .filter((bug) => bug.last_change_time >= since)
      .filter(({ product }) => products.length === 0 || products.includes(product))
      .toSorted(query.get('order') === 'changeddate,bug_id' ? byChange : byId);
    const offset = Number(query.get('offset') ?? 0);
    const ids = found.slice(offset, offset + Math.min(most, Number(query.get('limit'))));
    this.whileLoading();
    const members = new Set(query.get('include_fields')?.split(','));
    const bugs = ids.flatMap(({ id }) => {
      const bug = this.#bugs.get(id);
      return bug === undefined ? [] : [pick({ ...usual, ...bug }, members)];
    });
    return { body: { bugs } };
  }
}

/** A refusal as Bugzilla writes it. */
export function refusal(status: number, code: number, message: string): Answer {
  const documentation = 'https://bugzilla.readthedocs.org/en/5.0/api/';
  return { status, body: { error: true, code, message, documentation } };
}

const usual = {
  status: 'NEW',
  resolution: '',
  component: 'General',
  severity: 'normal',
  priority: '--',
  creator: 'ada@example.com',
  assigned_to: 'nobody@example.com',
  creation_time: '2024-01-01T00:00:00Z',
  whiteboard: 'never asked for',
};

function pick(value: object, members: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => members.has(name)));
}

function byId(a: TrackedBug, b: TrackedBug): number {
  return a.id - b.id;
}

function byChange(a: TrackedBug, b: TrackedBug): number {
  return a.last_change_time.localeCompare(b.last_change_time) || byId(a, b);
}

function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}
