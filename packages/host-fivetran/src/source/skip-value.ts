/** The index of the first byte at or after `at` that is no white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let index = at;
  for (;;) {
    const byte = bytes[index];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return index;
    index++;
  }
}

/** The index after the string whose first quote is at `at`. */
export function stringEnd(bytes: Uint8Array, at: number): number {
  let index = at + 1;
  const { length } = bytes;
  while (index < length) {
    const byte = bytes[index++];
    if (byte === quote) return index;
    if (byte === backslash) index++;
  }
  throw new Error('a document ends in the middle of a string');
}

/** The index after the JSON value that begins at `at`. */
export function valueEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === quote) return stringEnd(bytes, at);
  if (first === openBrace || first === openBracket) return containerEnd(bytes, at);
  let index = at;
  for (;;) {
    const byte = bytes[index] ?? comma;
    // What may follow a number or a word.
    if (byte === comma || byte === closeBrace || byte === closeBracket || byte <= 0x20) break;
    index++;
  }
  if (index === at) throw new Error('a document has no value after a name');
  return index;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

function containerEnd(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let index = at;
  const { length } = bytes;
  while (index < length) {
    const byte = bytes[index];
    if (byte === quote) index = stringEnd(bytes, index);
    else {
      index++;
      if (byte === openBrace || byte === openBracket) depth++;
      else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return index;
    }
  }
  throw new Error('a document ends in the middle of a value');
}
