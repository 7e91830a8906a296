import { DecodeError } from './decoder.ts';
import { createSkipper, skipBlank, type Skipper } from './json-skip.ts';

/** Finds the value at a path in one JSON value, chunk by chunk. */
export interface PathFinder {
  /**
   * Goes on at `chunk[0]`. The bytes that were not consumed come again, with more behind them.
   * @throws {DecodeError} when there is nothing at the path.
   */
  find(chunk: Uint8Array, final: boolean): { readonly consumed: number; readonly found: boolean };
}

/**
 * A finder that stops at the first byte of the value at `path`, which names members of objects and
 * indices of arrays. Of members with the same name the first counts.
 */
export function createPathFinder(path: readonly string[]): PathFinder {
  // How much of the path has been walked; the state is about the value or container there.
  let level = 0;
  let index = 0;
  let state: State = 'value';
  let after: 'member' | 'element' = 'member';
  let skipper: Skipper | undefined;

  /** Each does one step from `chunk[from]`, and says where the next one begins, or -1 for more bytes. */
  const steps: Readonly<Record<State, (chunk: Uint8Array, from: number) => number>> = {
    skipping(chunk, from) {
      const end = skipper?.skip(chunk, from) ?? from;
      if (end >= 0) state = after;
      return end;
    },
    value(chunk, from) {
      const at = skipBlank(chunk, from);
      if (at === chunk.length) return -1;
      if (chunk[at] === openBrace) state = 'member';
      else if (chunk[at] === openBracket) state = 'element';
      else throw missing(path, level, at);
      index = 0;
      return at + 1;
    },
    element(chunk, from) {
      const at = pastComma(chunk, from, index);
      if (at >= chunk.length) return -1;
      if (chunk[at] === closeBracket) throw missing(path, level, at);
      choose(String(index++), 'element');
      return at;
    },
    member(chunk, from) {
      const at = pastComma(chunk, from, index);
      if (at >= chunk.length) return -1;
      if (chunk[at] === closeBrace) throw missing(path, level, at);
      if (chunk[at] !== quote) throw unexpected(chunk, at);
      const end = stringEnd(chunk, at);
      const colon = end < 0 ? chunk.length : skipBlank(chunk, end);
      if (colon >= chunk.length) return -1;
      if (chunk[colon] !== 0x3a) throw unexpected(chunk, colon);
      index++;
      choose(readString(chunk, at, end), 'member');
      return colon + 1;
    },
  };
  /** Walks into the value that follows, or past it. */
  const choose = (name: string, from: 'member' | 'element') => {
    if (name === path[level]) {
      level++;
      state = 'value';
      return;
    }
    after = from;
    state = 'skipping';
    skipper = createSkipper(0);
  };

  return {
    find(chunk, final) {
      let consumed = 0;
      for (;;) {
        if (state === 'value' && level === path.length) {
          const at = skipBlank(chunk, consumed);
          if (at < chunk.length) return { consumed: at, found: true };
          consumed = at;
        }
        const next = consumed < chunk.length ? steps[state](chunk, consumed) : -1;
        if (next >= 0) {
          consumed = next;
          continue;
        }
        if (final) throw new DecodeError('unexpected end of the file', ending(chunk));
        // What is being skipped does not have to come again.
        return { consumed: state === 'skipping' ? chunk.length : consumed, found: false };
      }
    },
  };
}

/** What a finder is at: a value on the path, the inside of a container, or something to pass over. */
type State = 'value' | 'member' | 'element' | 'skipping';

/** Where the element or member with this number begins, behind white space and a comma. */
function pastComma(chunk: Uint8Array, from: number, index: number): number {
  const at = skipBlank(chunk, from);
  return chunk[at] === comma && index > 0 ? skipBlank(chunk, at + 1) : at;
}

/** Where the string token that begins at `begin` ends, exclusive, or -1. */
function stringEnd(chunk: Uint8Array, begin: number): number {
  for (let at = begin + 1; at < chunk.length; at++) {
    if (chunk[at] === 0x5c) at++;
    else if (chunk[at] === quote) return at + 1;
  }
  return -1;
}

function readString(chunk: Uint8Array, begin: number, end: number): string {
  try {
    return String(JSON.parse(Buffer.from(chunk.subarray(begin, end)).toString('utf8')));
  } catch {
    throw new DecodeError('invalid member name', { offset: begin, record: -1 });
  }
}

function missing(path: readonly string[], level: number, offset: number): DecodeError {
  const pointer = path.slice(0, level + 1).map((name) => `/${name}`);
  return new DecodeError(`there is nothing at ${pointer.join('')}`, {
    offset,
    record: -1,
    hint: 'Set format.path to where the documents are.',
  });
}

/** What to say of a byte that cannot be where it is. */
export function unexpected(chunk: Uint8Array, offset: number): DecodeError {
  const text = String.fromCharCode(chunk[offset] ?? 0);
  const shown = /[!-~]/.test(text) ? `character '${text}'` : 'byte';
  return new DecodeError(`unexpected ${shown}`, { offset, record: -1 });
}

function ending(chunk: Uint8Array) {
  return { offset: chunk.length, record: -1 };
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
