import { mix } from './mix.ts';

/** How the documents of a synthetic collection are named: like automatic ids, or by number with leading zeros. */
export type IdPattern = 'auto-id' | 'number';

/** The ids of a collection of known size. Their order is that of their indexes. */
export interface Ids {
  /** The bytes of every id. */
  readonly length: number;
  /** Writes the id of document `index` at `at`. */
  write(out: Uint8Array, at: number, index: number): void;
}

const zero = 0x30;
const alphabet = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
/** Two letters appear twice, so that six bits choose one. */
const letters = Buffer.concat([alphabet, Buffer.from('Qz')]);
const half = 62 ** 4;

export function createIds(pattern: IdPattern, count: number, seed: number): Ids {
  return pattern === 'number' ? numberIds(count) : autoIds(count, seed);
}

/** Paths below the documents that `parents` names: `count` in a collection of each. */
export function nestedIds(parents: Ids, collectionId: string, own: Ids, count: number): Ids {
  const between = Buffer.from(`/${collectionId}/`);
  const ownAt = parents.length + between.length;
  return {
    length: ownAt + own.length,
    write(out, at, index) {
      const parent = Math.floor(index / count);
      parents.write(out, at, parent);
      out.set(between, at + parents.length);
      own.write(out, at + ownAt, index - parent * count);
    },
  };
}

function numberIds(count: number): Ids {
  const length = Math.max(8, String(count - 1).length);
  return {
    length,
    write(out, at, index) {
      let rest = index;
      for (let place = at + length - 1; place >= at; place--) {
        const tenth = Math.floor(rest / 10);
        out[place] = zero + (rest - tenth * 10);
        rest = tenth;
      }
    },
  };
}

/** Twenty letters: eight that grow with the index by uneven steps, twelve that say nothing. */
function autoIds(count: number, seed: number): Ids {
  const step = Math.floor(62 ** 8 / Math.max(1, count));
  return {
    length: 20,
    write(out, at, index) {
      const hash = mix(index, seed);
      const head = index * step + Math.floor((hash / 2 ** 32) * step);
      const high = Math.floor(head / half);
      writeDigits(out, at, high);
      writeDigits(out, at + 4, head - high * half);
      let bits = hash;
      for (let place = at + 8; place < at + 20; place += 4) {
        bits = mix(bits, seed);
        out[place] = letters[bits & 63] ?? zero;
        out[place + 1] = letters[(bits >>> 6) & 63] ?? zero;
        out[place + 2] = letters[(bits >>> 12) & 63] ?? zero;
        out[place + 3] = letters[(bits >>> 18) & 63] ?? zero;
      }
    },
  };
}

/** Four digits of base 62, the highest first. */
function writeDigits(out: Uint8Array, at: number, value: number): void {
  let rest = value | 0;
  for (let place = at + 3; place >= at; place--) {
    const next = (rest / 62) | 0;
    out[place] = alphabet[rest - next * 62] ?? zero;
    rest = next;
  }
}
