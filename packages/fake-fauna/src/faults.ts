import type { RequestRecord } from './http/request-record.ts';

/** What one request meets. Without a status, a body or a cut it is only answered later. */
export interface Fault {
  /** Answered with this status, and the body Fauna has for it. */
  readonly status?: number;
  /** In place of the usual ones of the status. */
  readonly code?: string;
  readonly description?: string;
  /** Answered with this text, whatever the query. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Half an answer, as if it were whole. */
  readonly brokenJson?: boolean;
  /** The connection ends: before the answer, or amid it. */
  readonly cut?: 'before' | 'amid';
  /** The query is evaluated, and what it writes stays, before it fails. */
  readonly afterwards?: boolean;
  readonly delayMs?: number;
  /** Requests it is for; it waits until there is one. All unless told. */
  readonly when?: (request: RequestRecord) => boolean;
}

/** The faults to come, first in, first out. */
export class Faults {
  #next: Fault[] = [];
  #lasting: Fault | undefined;

  /** The next requests get these faults, one each; `{}` lets one through unharmed. */
  push(...faults: readonly Fault[]): void {
    this.#next.push(...faults);
  }

  /** The n-th request from now gets this fault; the next one is number 1. */
  at(n: number, fault: Fault): void {
    while (this.#next.length < n - 1) this.#next.push({});
    this.#next.splice(n - 1, 1, fault);
  }

  /** All requests get this fault from now on, except where others were pushed. */
  always(fault: Fault): void {
    this.#lasting = fault;
  }

  clear(): void {
    this.#next = [];
    this.#lasting = undefined;
  }

  /** Faults that no request has met yet. */
  get pending(): number {
    return this.#next.length;
  }

  /** What a request has to suffer. */
  take(request: RequestRecord): Fault {
    const i = this.#next.findIndex(({ when }) => when === undefined || when(request));
    if (i >= 0) return this.#next.splice(i, 1)[0] ?? {};
    const lasting = this.#lasting;
    return lasting !== undefined && lasting.when?.(request) !== false ? lasting : {};
  }
}

/** The codes and descriptions of Fauna, by status. */
export const usualFailures: Readonly<Record<number, readonly [code: string, description: string]>> =
  {
    400: ['bad request', 'Bad Request'],
    401: ['unauthorized', 'Unauthorized'],
    403: ['permission denied', 'Insufficient privileges to perform the action.'],
    404: ['not found', 'Not Found'],
    405: ['method not allowed', 'Allowed methods are POST.'],
    408: ['request timeout', 'Request timed out.'],
    409: [
      'contended transaction',
      'Transaction was aborted due to detection of concurrent modification.',
    ],
    410: [
      'permission denied',
      'FQL v4 requests have been disabled for your account. Please create a ticket at https://support.fauna.com',
    ],
    413: ['request too large', 'Request entity is too large.'],
    429: ['too many requests', 'Rate limit for read exceeded'],
    440: ['processing time limit exceeded', 'Processing time limit exceeded.'],
    500: [
      'internal server error',
      'Something went wrong. Please create a ticket at https://support.fauna.com',
    ],
    503: ['time out', 'Read timed out.'],
    540: ['operator error', 'Cluster topology has changed.'],
  };
