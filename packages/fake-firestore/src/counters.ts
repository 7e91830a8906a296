/** What calls of one kind have cost so far. */
export interface RpcCounts {
  calls: number;
  /** Calls that have not ended. */
  open: number;
  /** Messages sent to clients. */
  messages: number;
  /** Bytes sent to clients, framing included, HTTP/2 not. */
  bytes: number;
  /** Documents and index entries as Firestore would bill them. */
  reads: number;
  writes: number;
  deletes: number;
}

/** What all calls since the start, or the last reset, have cost. */
export class Counters {
  readonly #rpcs = new Map<string, RpcCounts>();

  /** The counts of one kind of call, such as `RunQuery`. They go on counting. */
  of(rpc: string): RpcCounts {
    const counts = this.#rpcs.get(rpc) ?? zero();
    this.#rpcs.set(rpc, counts);
    return counts;
  }

  /** The sums over all kinds. */
  get total(): RpcCounts {
    const total = zero();
    for (const counts of this.#rpcs.values()) add(total, counts);
    return total;
  }

  /** Begins again from nothing; calls that are open stay so. */
  reset(): void {
    for (const counts of this.#rpcs.values()) Object.assign(counts, zero(), { open: counts.open });
  }
}

function zero(): RpcCounts {
  return { calls: 0, open: 0, messages: 0, bytes: 0, reads: 0, writes: 0, deletes: 0 };
}

function add(total: RpcCounts, counts: RpcCounts): void {
  total.calls += counts.calls;
  total.open += counts.open;
  total.messages += counts.messages;
  total.bytes += counts.bytes;
  total.reads += counts.reads;
  total.writes += counts.writes;
  total.deletes += counts.deletes;
}
