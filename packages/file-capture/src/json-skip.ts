/** Passes over JSON that nobody wants, chunk by chunk, however long it is. */
export interface Skipper {
  /**
   * Goes on at `chunk[from]`.
   * @returns where the skipped part ends in `chunk`, or -1 when it goes on in the next chunk.
   */
  skip(chunk: Uint8Array, from: number): number;
}

/**
 * With `depth` 0, skips one value, white space before it included; otherwise everything up to the
 * end of the container that is open `depth` levels up. It looks at strings and brackets only: what
 * is skipped is not checked.
 */
export function createSkipper(depth: number): Skipper {
  let open = depth;
  let inString = false;
  let escaped = false;
  let inScalar = false;

  return {
    skip(chunk, from) {
      for (let at = from; at < chunk.length; at++) {
        const byte = chunk[at] ?? 0;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === backslash) escaped = true;
          else if (byte === quote) {
            inString = false;
            if (open === 0) return at + 1;
          }
        } else if (byte === quote) inString = true;
        else if (byte === openBrace || byte === openBracket) open++;
        else if (byte === closeBrace || byte === closeBracket) {
          if (inScalar && open === 0) return at;
          if (--open <= 0) return at + 1;
        } else if (open === 0) {
          const blank = isBlank(byte);
          if (inScalar && (blank || byte === comma)) return at;
          inScalar ||= !blank;
        }
      }
      return -1;
    },
  };
}

/** Where the first byte that is no JSON white space is in `chunk`; its length when there is none. */
export function skipBlank(chunk: Uint8Array, from: number): number {
  let at = from;
  while (at < chunk.length && isBlank(chunk[at] ?? 0)) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
