/** A request as it came, and how it was answered. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 0 until it is answered, and where the connection was cut. */
  status: number;
  bytesOut: number;
}

/** The last requests, oldest first. */
export class RequestLog {
  readonly #limit: number;
  readonly #records: RequestRecord[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  /** The queries among them, as JSON. */
  get queries(): unknown[] {
    return this.#records
      .filter(({ method, path }) => method === 'POST' && path === '/')
      .map(({ body }): unknown => JSON.parse(body));
  }

  add(record: RequestRecord): void {
    this.#records.push(record);
    if (this.#records.length > this.#limit) this.#records.shift();
  }

  clear(): void {
    this.#records.length = 0;
  }
}
