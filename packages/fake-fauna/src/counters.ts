/** What requests have cost. */
export interface Counts {
  requests: number;
  /** Documents that were read, by Get or as elements of pages. */
  reads: number;
  writes: number;
  /** Bytes of bodies. */
  bytesIn: number;
  bytesOut: number;
}

/** What one request costs. */
export interface RequestCounts {
  reads: number;
  writes: number;
}

/** What all requests since the start, or the last reset, have cost. */
export class Counters implements Counts {
  requests = 0;
  reads = 0;
  writes = 0;
  bytesIn = 0;
  bytesOut = 0;

  reset(): void {
    Object.assign(this, { requests: 0, reads: 0, writes: 0, bytesIn: 0, bytesOut: 0 });
  }
}
