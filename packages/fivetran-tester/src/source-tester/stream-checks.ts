import type { Findings } from '../connector/findings.ts';

/** How much a source may do before it is asked why. */
export interface SourceLimits {
  /** Records of one message; Fivetran takes 100. */
  readonly recordsPerMessage: number;
  /** Rows without a checkpoint. */
  readonly rowsPerCheckpoint: number;
  /** Time without a checkpoint. */
  readonly checkpointMs: number;
}

export const usualLimits: SourceLimits = {
  recordsPerMessage: 100,
  rowsPerCheckpoint: 500_000,
  checkpointMs: 600_000,
};

/** Looks at messages and checkpoints as they come. */
export class StreamChecks {
  readonly #findings: Findings;
  readonly #limits: SourceLimits;
  readonly #secrets: readonly string[];
  readonly #now: () => number;
  #rows = 0;
  #sinceMs: number;
  #firstStateBytes: number | undefined;
  #growths = 0;
  #lastStateBytes = 0;

  /** `now` is in milliseconds since any moment. */
  constructor(
    findings: Findings,
    secrets: readonly string[],
    limits: SourceLimits = usualLimits,
    now: () => number = performance.now.bind(performance),
  ) {
    this.#findings = findings;
    this.#limits = limits;
    // Shorter ones are found by chance.
    this.#secrets = secrets.filter((secret) => secret.length >= 4);
    this.#now = now;
    this.#sinceMs = now();
  }

  /** Rows that no checkpoint has followed. */
  get openRows(): number {
    return this.#rows;
  }

  message(recordCount: number): void {
    const { recordsPerMessage, rowsPerCheckpoint, checkpointMs } = this.#limits;
    if (recordCount > recordsPerMessage) {
      this.#findings.add(
        'batch-size',
        `a message has ${recordCount} records; Fivetran takes ${recordsPerMessage}`,
      );
    }
    const before = this.#rows;
    this.#rows += recordCount;
    if (before <= rowsPerCheckpoint && this.#rows > rowsPerCheckpoint) {
      this.#findings.add(
        'checkpoint-missing',
        `there were ${rowsPerCheckpoint} rows without a checkpoint: a failure would read them all again`,
      );
    }
    if (this.#now() - this.#sinceMs > checkpointMs) {
      const minutes = Math.round(checkpointMs / 60_000);
      this.#sinceMs = Infinity;
      this.#findings.add(
        'checkpoint-missing',
        `there were ${minutes} minutes without a checkpoint: Fivetran wants one at least every hour`,
      );
    }
  }

  checkpoint(state: string): void {
    this.#rows = 0;
    this.#sinceMs = this.#now();
    if (this.#secrets.some((secret) => holds(state, secret))) {
      this.#findings.add(
        'secret-in-state',
        'the state holds a secret of the configuration; Fivetran keeps states unencrypted',
      );
    }
    const bytes = Buffer.byteLength(state);
    const first = (this.#firstStateBytes ??= bytes);
    this.#growths += bytes > this.#lastStateBytes ? 1 : 0;
    this.#lastStateBytes = bytes;
    if (bytes > 16_384 && bytes > first * 4 && this.#growths > 3) {
      this.#findings.add(
        'state-grows',
        `the state grew from ${first} to ${bytes} bytes: keep where to go on, not what was read`,
      );
    }
  }

  /** The stream has ended well. */
  end(): void {
    if (this.#rows === 0) return;
    this.#findings.add(
      'rows-after-checkpoint',
      `${this.#rows} rows came after the last checkpoint: the next sync reads them again`,
    );
  }
}

/** Whether a text of JSON has the secret within one of its texts. */
function holds(state: string, secret: string): boolean {
  return state.includes(secret) || state.includes(JSON.stringify(secret).slice(1, -1));
}
