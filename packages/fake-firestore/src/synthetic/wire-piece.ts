/** Bytes of a message in which some places are named, so that they can be written over later. */
export interface Piece {
  readonly bytes: readonly number[];
  readonly marks: ReadonlyMap<string, number>;
}

/** Bytes as they are. */
export function raw(bytes: Iterable<number>): Piece {
  return { bytes: [...bytes], marks: new Map() };
}

/** Bytes that begin at the named place. */
export function marked(name: string, bytes: Iterable<number>): Piece {
  return { bytes: [...bytes], marks: new Map([[name, 0]]) };
}

/** One piece after another. */
export function join(...pieces: readonly Piece[]): Piece {
  const bytes: number[] = [];
  const marks = new Map<string, number>();
  for (const piece of pieces) {
    for (const [name, at] of piece.marks) marks.set(name, bytes.length + at);
    // Not all at once: a long text has more bytes than a call may have arguments.
    for (const byte of piece.bytes) bytes.push(byte);
  }
  return { bytes, marks };
}

/** A field of type message, text or bytes. */
export function nested(number: number, content: Piece): Piece {
  return join(raw(varint((number << 3) | 2)), raw(varint(content.bytes.length)), content);
}

/** A field of type text. */
export function text(number: number, content: string): Piece {
  return nested(number, raw(Buffer.from(content)));
}

/** A field that is a number. */
export function integer(number: number, value: number): Piece {
  return join(raw(varint(number << 3)), raw(varint(value)));
}

/** The bytes of a number that is not negative. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
