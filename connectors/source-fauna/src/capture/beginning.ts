import type { SourceEvent } from '@fairlead/sdk';
import type { Fauna } from '../client/fauna.ts';
import type { Page } from '../wire/page.ts';
import { proveRead } from './questions.ts';

export interface BeginningSetup {
  readonly fauna: Fauna;
  readonly settings: { readonly collection: string };
  readonly binding: number;
  readonly signal: AbortSignal;
}

/** Says that all is read anew, once the first page of it is there. What may not be read looks empty, and is no beginning. */
export class Beginning {
  readonly #setup: BeginningSetup;
  /** Whether all is about to be read anew, and nobody was told. */
  #isDue = false;

  constructor(setup: BeginningSetup) {
    this.#setup = setup;
  }

  /** The next page is the first of all. */
  expect(): void {
    this.#isDue = true;
  }

  /**
   * What comes before the documents of a page.
   * @throws {Failure} access, when there are none because the key may not read them.
   */
  async *before(page: Page): AsyncGenerator<SourceEvent, void, undefined> {
    if (!this.#isDue) return;
    const { fauna, settings, binding, signal } = this.#setup;
    if (page.count === 0) await proveRead(fauna, settings.collection, signal);
    this.#isDue = false;
    yield { is: 'backfill-begins', binding };
  }
}
