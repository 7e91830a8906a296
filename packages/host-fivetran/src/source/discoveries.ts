import type { ConnectedSource, Scope, StreamInfo } from '@fairlead/sdk';

/** What was discovered last, with one configuration, for a source that is billed for it. */
export class Discoveries {
  readonly #now: () => number;
  #last:
    | {
        readonly configuration: string;
        readonly atMs: number;
        readonly streams: readonly StreamInfo[];
      }
    | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The streams as they are now. */
  async discover(
    connected: ConnectedSource,
    configuration: Readonly<Record<string, string>>,
    scope: Omit<Scope, 'config'>,
  ): Promise<readonly StreamInfo[]> {
    const streams = await connected.discover(scope);
    this.#last = { configuration: keyOf(configuration), atMs: this.#now(), streams };
    return streams;
  }

  /** The streams as they were when the source did not want to be asked again. */
  async recent(
    connected: ConnectedSource,
    configuration: Readonly<Record<string, string>>,
    scope: Omit<Scope, 'config'>,
  ): Promise<readonly StreamInfo[]> {
    const last = this.#last;
    const { discoverEveryMs = 0 } = connected.source;
    const isRecent =
      last !== undefined &&
      last.configuration === keyOf(configuration) &&
      this.#now() - last.atMs < discoverEveryMs;
    return isRecent ? last.streams : await this.discover(connected, configuration, scope);
  }
}

function keyOf(configuration: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(configuration).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
