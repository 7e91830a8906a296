/** What requests have cost. */
export interface Counts {
  requests: number;
  /** Documents that were read, by Get or as elements of pages. */
  reads: number;
  /** Elements that pages had: documents, references, tuples of an index, events. */
  elements: number;
  writes: number;
  /** Bytes of bodies. */
  bytesIn: number;
  bytesOut: number;
}

/** What one request costs. */
export interface RequestCounts {
  reads: number;
  elements: number;
  writes: number;
}

/** What all requests since the start, or the last reset, have cost. */
export class Counters implements Counts {
  requests = 0;
  reads = 0;
  elements = 0;
  writes = 0;
  bytesIn = 0;
  bytesOut = 0;

  add({ reads, elements, writes }: RequestCounts): void {
    this.reads += reads;
    this.elements += elements;
    this.writes += writes;
  }

  reset(): void {
    Object.assign(this, { requests: 0, reads: 0, elements: 0, writes: 0, bytesIn: 0, bytesOut: 0 });
  }
}
