import { GrpcError, Status } from '@fairlead/grpc';
import type { Fault, Rpc } from './fault.ts';

/** The faults to come, first in, first out for each kind of call. */
export class Faults {
  readonly #next = new Map<Rpc, Fault[]>();
  readonly #lasting = new Map<Rpc | '*', Fault>();
  readonly #seen = new Set<string>();
  readonly #expired = new Set<string>();

  /** The next calls of a kind get these faults, one each; `{}` lets one through unharmed. */
  push(rpc: Rpc, ...faults: readonly Fault[]): void {
    this.#next.set(rpc, [...(this.#next.get(rpc) ?? []), ...faults]);
  }

  /** All calls of a kind, or of every kind, get this fault from now on. One that was pushed comes in place of its end. */
  always(rpc: Rpc | '*', fault: Fault): void {
    this.#lasting.set(rpc, fault);
  }

  /** No fault is left; tokens are good again. */
  clear(): void {
    this.#next.clear();
    this.#lasting.clear();
    this.#expired.clear();
  }

  /** Faults that no call has met yet. */
  get pending(): number {
    return [...this.#next.values()].reduce((sum, faults) => sum + faults.length, 0);
  }

  /** Every token that was used so far is refused from now on. */
  expireTokens(): void {
    for (const token of this.#seen) this.#expired.add(token);
  }

  /** What a call that begins now has to suffer. */
  take(rpc: Rpc): Fault {
    const lasting: Fault = { ...this.#lasting.get('*'), ...this.#lasting.get(rpc) };
    const next = this.#next.get(rpc)?.shift();
    if (next === undefined) return lasting;
    const { end: _end, afterMessages: _after, ...manner } = lasting;
    return { ...manner, ...next };
  }

  /** Nothing, when a token is good. @throws {GrpcError} unauthenticated */
  checkToken(token: string | undefined): void {
    if (token === undefined) return;
    this.#seen.add(token);
    if (!this.#expired.has(token)) return;
    throw new GrpcError(
      Status.UNAUTHENTICATED,
      'Request had invalid authentication credentials. Expected OAuth 2 access token.',
    );
  }
}
