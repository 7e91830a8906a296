/** A source of chance that gives the same numbers again for the same seed. */
export interface Random {
  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number;
  /** Evenly spread over [0, 1). */
  fraction(): number;
  /** One of some values. */
  pick<const T>(values: readonly [T, ...T[]]): T;
}

/** The numbers that belong to `seed`, an integer. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix32(state) / 2 ** 32;
  };
  const integer = (least: number, most: number) =>
    least + Math.floor(fraction() * (most - least + 1));
  return {
    integer,
    fraction,
    pick: (values) => values[integer(0, values.length - 1)] ?? values[0],
  };
}

/** The final mix of MurmurHash3: a 32-bit integer as another one, each bit of which depends on all. */
export function mix32(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
