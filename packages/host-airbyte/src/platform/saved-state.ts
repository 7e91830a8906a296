import { readMessage } from '../destination/message.ts';
import { streamId } from '../protocol/stream-id.ts';

/**
 * What a platform keeps of the states that a destination has confirmed: the last of each stream, or
 * the last one that is of all. The text of each is as the source wrote it.
 */
export class SavedState {
  readonly #parts = new Map<string, string>();

  /** @param text the content of a state file; empty for none. */
  constructor(text = '') {
    const items: unknown = text.trim() === '' ? [] : JSON.parse(text);
    if (!Array.isArray(items)) throw new Error('a state file holds an array');
    // The texts themselves, for numbers may have more digits than JavaScript holds.
    for (const item of elementsOf(text)) this.add(Buffer.from(`{"type":"STATE","state":${item}}`));
  }

  /** Takes a line; answers whether it was a state. */
  add(line: Uint8Array): boolean {
    const message = readMessage(line);
    if (message?.is !== 'state') return false;
    const { start, end } = message.state;
    const text = Buffer.from(line.subarray(start, end)).toString();
    if (message.stream === undefined) this.#parts.clear();
    this.#parts.set(message.stream === undefined ? '' : streamId(message.stream), text);
    return true;
  }

  /** The content of a state file. */
  get text(): string {
    return `[${[...this.#parts.values()].join(',')}]`;
  }
}

/** The texts of the elements of an array that is JSON. */
function elementsOf(text: string): readonly string[] {
  const inner = text.trim().slice(1, -1);
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < inner.length; at++) {
    const letter = inner.charAt(at);
    if (letter === '"') at = stringEnd(inner, at);
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    else if (letter === ',' && depth === 0) {
      found.push(inner.slice(start, at));
      start = at + 1;
    }
  }
  return [...found, inner.slice(start)].filter((element) => element.trim() !== '');
}

/** Where the closing quote of the string is that begins at `at`. */
function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  return end;
}
