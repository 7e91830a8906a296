import type { Launch, RunningConnector } from '@fairlead/host-flow';

/** The connectors that a check has started. Disposing it kills those that have not ended. */
export class RunningConnectors implements AsyncDisposable {
  readonly launch: Launch;
  readonly #running = new Set<RunningConnector>();

  constructor(launch: Launch) {
    this.launch = (codec) => {
      const running = launch(codec);
      this.#running.add(running);
      void running.exited.then(() => this.#running.delete(running));
      return running;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((running) => running[Symbol.asyncDispose]()));
  }
}
