/** The log of a connector, of which the last record matters. */
export class LogTail {
  readonly #onLine: (line: string) => void;
  #rest = '';
  #last = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() === '') continue;
      this.#last = line;
      this.#onLine(line);
    }
  }

  /** The message of the last record, or the line itself when it is no record. */
  last(): string {
    const line = this.#rest.trim() === '' ? this.#last : this.#rest;
    if (line === '') return 'connector exited with no log output';
    return messageOf(line) ?? line;
  }
}

function messageOf(line: string): string | undefined {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== 'object' || record === null) return undefined;
    const fields = record as Readonly<Record<string, unknown>>;
    const message = fields['message'] ?? fields['msg'];
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
