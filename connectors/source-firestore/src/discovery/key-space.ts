/**
 * Where to look for ids that are spread over a collection, of which only the first ones are known. It first finds out how
 * much of the last known id all further ones begin with, and then halves the largest gap there is, again and again. What
 * it says depends on nothing but what it was told.
 */
export class KeySpace {
  readonly #last: readonly string[];
  /** Every further id begins with this much of the last one; not all of them with `#varies`. */
  #shared = 0;
  #varies: number;
  #gaps: Gap[] | undefined;
  #point: number | undefined;

  /** @param last the last id that is known; there is at least one after it. */
  constructor(last: string) {
    this.#last = Array.from(last);
    this.#varies = Math.max(1, this.#last.length);
  }

  /** The id at which to look next; undefined when there is no gap left. The first one at or after it is `found`. */
  next(): string | undefined {
    if (this.#varies - this.#shared > 1) {
      return this.#last.slice(0, this.#middle()).join('') + greatest;
    }
    this.#gaps ??= [{ from: this.#rank(this.#last), to: places }];
    const widest = this.#gaps.reduce(wider, { from: 0, to: 0 });
    if (widest.to - widest.from < 2) return undefined;
    this.#point = Math.floor((widest.from + widest.to) / 2);
    return this.#last.slice(0, this.#shared).join('') + textOf(this.#point);
  }

  /** Says which id was found where `next` said to look; undefined when none comes after. */
  found(id: string | undefined): void {
    const point = this.#point;
    if (this.#gaps === undefined || point === undefined) {
      if (id === undefined) this.#shared = this.#middle();
      else this.#varies = this.#middle();
      return;
    }
    const rank = id === undefined ? places : this.#rank(Array.from(id));
    this.#gaps = this.#gaps.flatMap((gap): Gap[] => {
      if (gap.from > point || gap.to <= point) return [gap];
      const before = { from: gap.from, to: point };
      return rank >= gap.to ? [before] : [before, { from: rank, to: gap.to }];
    });
  }

  #middle(): number {
    return Math.floor((this.#shared + this.#varies) / 2);
  }

  /** About where an id is among those that begin as all do: not before any point that the id is not before. */
  #rank(id: readonly string[]): number {
    let rank = 0;
    for (let i = 0; i < digits; i++) {
      const character = id[this.#shared + i];
      const digit = digitOf(character);
      rank = rank * alphabet.length + digit;
      if (character === undefined || character === alphabet[digit]) continue;
      // What follows may be anything.
      return (rank + 1) * alphabet.length ** (digits - 1 - i) - 1;
    }
    return rank;
  }
}

interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Characters of usual ids, in order. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~';
/** How many characters tell ids apart. */
const digits = 6;
const places = alphabet.length ** digits;
/** No id that anybody uses goes on with a later character. */
const greatest = '\u{10ffff}';

function wider(a: Gap, b: Gap): Gap {
  return b.to - b.from > a.to - a.from ? b : a;
}

/** The place of the last character in the alphabet that is not after `character`; the first one if there is none. */
function digitOf(character: string | undefined): number {
  if (character === undefined) return 0;
  let digit = alphabet.length - 1;
  while (digit > 0 && (alphabet[digit] ?? '') > character) digit--;
  return digit;
}

/** The shortest id of a rank. It is none of the ids that Firestore reserves. */
function textOf(rank: number): string {
  let text = '';
  let rest = rank;
  for (let i = 0; i < digits; i++) {
    const digit = rest % alphabet.length;
    if (text !== '' || digit > 0) text = (alphabet[digit] ?? '') + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text.endsWith('_') ? `${text}0` : text;
}
