import type { Value } from '../values/value.ts';
import type { Counter, Hole, Run } from './hole.ts';
import type { Shape } from './shape.ts';

/** A number that is written between two pieces of a template. */
interface Gap {
  readonly counter: Counter;
}

/** In bytes: an instant has up to 32. */
const longestNumber = 32;

/**
 * A body under way: texts, and runs of synthetic documents, each of which is written from a template without making
 * it.
 */
export class BodyWriter {
  readonly #around: (hole: Hole) => readonly [string, string];
  readonly #chunks: Uint8Array[] = [];
  #text = '';
  /** The pieces before the gaps, while a template is made. */
  #template: { pieces: Uint8Array[]; gaps: Gap[] } | undefined;

  /** `around` says what stands before and after the number of a hole. */
  constructor(around: (hole: Hole) => readonly [string, string]) {
    this.#around = around;
  }

  text(text: string): void {
    this.#text += text;
  }

  /** A hole of the template that is being made. */
  hole(hole: Hole): void {
    const [before, after] = this.#around(hole);
    const counter = hole.is === 'ref' ? 'id' : hole.is === 'time' ? 'time' : hole.counter;
    this.text(before);
    this.gap(counter ?? 'index');
    this.text(after);
  }

  /** A number alone of the template that is being made. */
  gap(counter: Counter): void {
    this.#template?.pieces.push(Buffer.from(this.#text));
    this.#template?.gaps.push({ counter });
    this.#text = '';
  }

  /** The values of a run, with commas between them; `write` writes the one with holes. */
  run({ shape, from, to, value }: Run, write: (value: Value, writer: BodyWriter) => void): void {
    const writer = new BodyWriter(this.#around);
    const template: { pieces: Uint8Array[]; gaps: Gap[] } = { pieces: [], gaps: [] };
    writer.#template = template;
    write(value, writer);
    template.pieces.push(Buffer.from(`${writer.#text},`));
    this.#flush();
    const bytes = written(shape, template.pieces, template.gaps, from, to);
    // The comma after the last.
    this.#chunks.push(bytes.subarray(0, bytes.length - 1));
  }

  bytes(): Uint8Array {
    this.#flush();
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  #flush(): void {
    if (this.#text !== '') this.#chunks.push(Buffer.from(this.#text));
    this.#text = '';
  }
}

function written(
  shape: Shape,
  pieces: readonly Uint8Array[],
  gaps: readonly Gap[],
  from: number,
  to: number,
): Uint8Array {
  const fixed = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const into = Buffer.allocUnsafe((fixed + gaps.length * longestNumber) * (to - from));
  let at = 0;
  for (let index = from; index < to; index++) {
    for (let p = 0; p < pieces.length; p++) {
      const piece = pieces[p];
      if (piece !== undefined) at = copied(piece, into, at);
      const gap = gaps[p];
      if (gap !== undefined) at = shape.writeCounter(gap.counter, index, into, at);
    }
  }
  return into.subarray(0, at);
}

/** Below this length a loop is faster than a call. */
const shortPiece = 48;

function copied(piece: Uint8Array, into: Uint8Array, at: number): number {
  const { length } = piece;
  if (length > shortPiece) into.set(piece, at);
  else for (let i = 0; i < length; i++) into[at + i] = piece[i] ?? 0;
  return at + length;
}
