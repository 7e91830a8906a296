import { readRows, RowMemory } from './rows.ts';

/** What a row of an event tells of a document. */
export const Action = {
  /** Nothing: it is no event. */
  none: 0,
  /** It came to be, or came into the set. */
  add: 1,
  update: 2,
  /** It ceased to be, or left the set. */
  remove: 3,
} as const;
export type Action = (typeof Action)[keyof typeof Action];

/** The rows of one answer, in order: good until the next `read` of the reader that gave them. */
export interface Page {
  /** The rows as JSON, each on one line and followed by `\n`. */
  readonly lines: Uint8Array;
  /** Where each line ends in `lines`, its `\n` included. */
  readonly ends: Uint32Array;
  readonly count: number;
  /** Of each row the `ts`, in microseconds. */
  readonly ts: BigInt64Array;
  /** Of each row, at 2i and 2i + 1, where the inside of the string `ref` begins and ends in `lines`. */
  readonly refs: Uint32Array;
  /** Of each row an {@link Action}: what its member `action` or its event says. */
  readonly actions: Uint8Array;
  /** The cursor of the next page as tagged JSON, a copy of its bytes as they came; undefined after the last page. */
  readonly after: Uint8Array | undefined;
}

export interface PageOptions {
  /** The alphabet of bytes: `url` has `-` and `_`, `standard` has `+` and `/`. `url` when absent. */
  readonly base64?: 'url' | 'standard';
}

/**
 * Reads answers `{"resource":{"data":[…],"after":…}}` of FQL v4. An element is an object with the members
 * that a projection has made, among them `ref`, a string or a reference, and `ts`; a row is the same object, its
 * `ref` a string and its other values as JSON has them:
 *
 * | in Fauna | in a row |
 * |---|---|
 * | null, boolean, string, array, object | the same; the names of an object in `@obj` mean nothing |
 * | integer, double | the digits that came; `"NaN"`, `"Infinity"` and `"-Infinity"` came as strings |
 * | time, date, UUID | its text |
 * | bytes | base64 |
 * | reference to a document | `{"id":"101","collection":"foo","type":"document"}` |
 * | reference to anything else | `{"id":"foo","type":"collection"}` |
 * | set, query | the text of its tagged JSON, without white space |
 *
 * The order of members is kept. An object that looks like a tag, and has not what Fauna puts into it, is an
 * object like any other.
 */
export class PageReader {
  readonly #memory = new RowMemory();
  readonly #isUrlSafe: boolean;

  constructor({ base64 = 'url' }: PageOptions = {}) {
    this.#isUrlSafe = base64 === 'url';
  }

  /**
   * The rows of `body`, which is a whole answer.
   * @throws {Failure} data, which says where, when it is not such an answer, or has no faithful JSON.
   */
  read(body: Uint8Array): Page {
    return this.#memory.page(body, readRows(body, 'v4', this.#isUrlSafe));
  }
}

/**
 * Reads answers of FQL v10 in its tagged format: `{"data":…}` with a set, an object that has `data` and maybe
 * `after`, or an array. An element is a document or an object as for {@link PageReader}, whose `ts` may be a time; a
 * row of a document is `{"ref":…,"ts":…,"data":{…},"ttl":…}` with its fields in `data`, where v4 has them. A
 * module is a reference to a collection, a document within a row a reference to it, and an event source a text like a
 * set. `after` is a string as JSON.
 */
export class FqlPageReader {
  readonly #memory = new RowMemory();
  readonly #isUrlSafe: boolean;

  constructor({ base64 = 'url' }: PageOptions = {}) {
    this.#isUrlSafe = base64 === 'url';
  }

  /**
   * The rows of `body`, which is a whole answer.
   * @throws {Failure} data, which says where, when it is not such an answer, or has no faithful JSON.
   */
  read(body: Uint8Array): Page {
    return this.#memory.page(body, readRows(body, 'v10', this.#isUrlSafe));
  }
}
