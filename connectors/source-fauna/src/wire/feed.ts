import { Failure } from '@fairlead/sdk';
import type { Place } from './kernel.ts';
import type { Page, PageOptions } from './page.ts';
import { readRows, RowMemory } from './rows.ts';

/** The rows of one answer of an event feed: good until the next `read` of the reader that gave them. */
export interface FeedPage extends Page {
  /** From where to ask next, also when there is an error: what was told of is then before it. */
  readonly cursor: string;
  /** Whether there is more to be told now. */
  readonly hasNext: boolean;
  /** Why the feed ended after these rows. */
  readonly error: FeedError | undefined;
}

/** An event of the type `error`. The feed has to be begun anew. */
export interface FeedError {
  /** `invalid_stream_start_time`: what is asked for is older than the history that is kept. */
  readonly code: string;
  readonly message: string;
}

/**
 * Reads answers of the event feed of FQL v10: `{"events":[…],"cursor":…,"has_next":…}`. An event that adds or
 * updates a document has the row that `FqlPageReader` gives of it, one that removes a document the row
 * `{"ref":…,"ts":…}` with the time of the event; `actions` says which is which. Signs of life have no row.
 */
export class FeedReader {
  readonly #memory = new RowMemory();
  readonly #isUrlSafe: boolean;

  constructor({ base64 = 'url' }: PageOptions = {}) {
    this.#isUrlSafe = base64 === 'url';
  }

  /**
   * The rows of `body`, which is a whole answer.
   * @throws {Failure} data, which says where, when it is not such an answer, or has no faithful JSON.
   */
  read(body: Uint8Array): FeedPage {
    const rows = readRows(body, 'feed', this.#isUrlSafe);
    const page = this.#memory.page(body, rows);
    const cursor = rows.after && jsonAt(body, rows.after);
    if (typeof cursor !== 'string') {
      throw new Failure('data', "Fauna's answer cannot be read: an event feed without a cursor");
    }
    const error = rows.error && feedError(jsonAt(body, rows.error));
    return { ...page, cursor, hasNext: rows.hasNext, error };
  }
}

function feedError(value: unknown): FeedError {
  const { code, message } =
    typeof value === 'object' && value !== null ? { ...noError, ...value } : noError;
  return { code: String(code), message: String(message) };
}

const noError: Readonly<Record<string, unknown>> = {
  code: 'unknown',
  message: 'no reason was given',
};

function jsonAt(body: Uint8Array, { start, end }: Place): unknown {
  return JSON.parse(Buffer.from(body.subarray(start, end)).toString());
}
