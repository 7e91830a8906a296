/** The part of a stream that a {@link Terminal} needs. */
export interface LineEnd {
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Standard error: lines that stay, and below them a frame that is drawn again and again. */
export class Terminal {
  readonly #stream: LineEnd;
  #frame: readonly string[] = [];

  constructor(stream: LineEnd) {
    this.#stream = stream;
    // Nobody is left to be told that nobody listens.
    stream.on('error', () => {});
  }

  /** Writes a line that stays, above the frame. */
  line(text: string): void {
    this.#stream.write(`${erase(this.#frame)}${text}\n${drawn(this.#frame)}`);
  }

  /** Draws a frame in place of the last one; an empty one takes it away. No line is wider than the window. */
  frame(lines: readonly string[]): void {
    this.#stream.write(`${erase(this.#frame)}${drawn(lines)}`);
    this.#frame = lines;
  }
}

function drawn(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Moves the caret to where a frame begins and clears from there (ECMA-48, CUU and ED). */
function erase(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\u001b[${lines.length}A\u001b[J`;
}
