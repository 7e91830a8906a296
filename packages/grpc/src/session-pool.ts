import { type ClientSession, openSession, type SessionOptions } from './client-session.ts';
import type { Target } from './connect-socket.ts';
import { GrpcError } from './grpc-error.ts';
import { Status } from './status.ts';

export interface PoolOptions extends SessionOptions {
  /** How long a connection without calls is kept. 60 s. */
  readonly idleMs: number;
}

interface Waiter {
  readonly resolve: (session: ClientSession) => void;
  readonly reject: (error: unknown) => void;
}

/** The connections to one server. A new one is made when all are full, and closed when idle. */
export class SessionPool {
  readonly #target: Target;
  readonly #options: PoolOptions;
  readonly #sessions = new Set<ClientSession>();
  readonly #idle = new Map<ClientSession, NodeJS.Timeout>();
  readonly #connecting = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #waiting: Waiter[] = [];
  /** How many streams the next connection will carry, as far as is known. */
  #expected: number;

  constructor(target: Target, options: PoolOptions) {
    this.#target = target;
    this.#options = options;
    this.#expected = options.maxStreams;
  }

  /** A session with room for one stream, which is taken until `release`. */
  acquire(): Promise<ClientSession> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  release(session: ClientSession): void {
    session.streams--;
    this.#serve();
    if (session.streams > 0 || !session.isOpen) return;
    const timer = setTimeout(() => {
      this.#idle.delete(session);
      session.close();
    }, this.#options.idleMs);
    timer.unref();
    this.#idle.set(session, timer);
  }

  /** Fails who waits, and is done when every connection is gone. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#fail(closed());
    const gone = [...this.#sessions].map(
      (session) => new Promise<void>((resolve) => session.onClose(resolve)),
    );
    for (const session of this.#sessions) session.destroy();
    await Promise.all([...gone, ...this.#connecting]);
  }

  /** Gives sessions to those who wait, and makes new ones for the rest. */
  #serve(): void {
    if (this.#closing.signal.aborted) this.#fail(closed());
    for (const session of this.#sessions) {
      while (session.hasRoom) {
        const waiter = this.#waiting.shift();
        if (waiter === undefined) return;
        session.streams++;
        clearTimeout(this.#idle.get(session));
        this.#idle.delete(session);
        waiter.resolve(session);
      }
    }
    while (this.#waiting.length > this.#connecting.size * this.#expected) {
      const connecting = this.#connect().finally(() => {
        this.#connecting.delete(connecting);
        this.#serve();
      });
      this.#connecting.add(connecting);
    }
  }

  async #connect(): Promise<void> {
    try {
      const session = await openSession(this.#target, this.#options, this.#closing.signal);
      this.#sessions.add(session);
      session.onClose(() => {
        this.#sessions.delete(session);
        clearTimeout(this.#idle.get(session));
        this.#idle.delete(session);
      });
      this.#expected = Math.max(1, session.limit);
      if (session.limit === 0) {
        session.close();
        this.#fail(new GrpcError(Status.UNAVAILABLE, 'the server allows no calls at all'));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }
}

function closed(): GrpcError {
  return new GrpcError(Status.CANCELLED, 'the channel is closed');
}
