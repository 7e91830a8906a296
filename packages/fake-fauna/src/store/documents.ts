import type { Shape } from '../synthetic/shape.ts';
import { putVersion, type Version } from './version.ts';

/** A document through time: its versions, oldest first. */
export interface Chain {
  readonly id: bigint;
  readonly versions: Version[];
}

/**
 * The documents of a collection. Those that are synthetic are not stored until they are written to, and then lie
 * over what they were.
 */
export class Documents {
  /** Grows with every change, also one that is undone. */
  generation = 0;
  readonly #chains = new Map<bigint, Chain>();
  readonly #ordered: Chain[] = [];
  #shape: Shape | undefined;

  get shape(): Shape | undefined {
    return this.#shape;
  }

  /** Adds synthetic documents. */
  synthesise(shape: Shape): void {
    this.#shape = shape;
    this.generation++;
  }

  /** The stored documents, by id. Whoever iterates must not write. */
  get stored(): readonly Chain[] {
    return this.#ordered;
  }

  /** The versions of a document, none where it never was. */
  versions(id: bigint): readonly Version[] {
    return this.#chains.get(id)?.versions ?? this.#synthetic(id);
  }

  /** Puts a version where its time belongs. Gives what undoes that. */
  put(id: bigint, version: Version): () => void {
    const undo = putVersion(this.#chain(id).versions, version);
    this.generation++;
    return () => {
      undo();
      this.generation++;
    };
  }

  /** Takes versions out of the history. Gives what undoes that. */
  remove(id: bigint, unwanted: (version: Version) => boolean): () => void {
    const { versions } = this.#chain(id);
    const before = [...versions];
    versions.splice(0, versions.length, ...before.filter((version) => !unwanted(version)));
    this.generation++;
    return () => {
      versions.splice(0, versions.length, ...before);
      this.generation++;
    };
  }

  #chain(id: bigint): Chain {
    const known = this.#chains.get(id);
    if (known !== undefined) return known;
    const chain = { id, versions: [...this.#synthetic(id)] };
    this.#chains.set(id, chain);
    let i = this.#ordered.length;
    if ((this.#ordered[i - 1]?.id ?? id) > id) i = firstAtLeast(this.#ordered, id);
    this.#ordered.splice(i, 0, chain);
    return chain;
  }

  #synthetic(id: bigint): readonly Version[] {
    const index = this.#shape?.indexOf(id);
    return index === undefined || this.#shape === undefined ? [] : [this.#shape.version(index)];
  }
}

function firstAtLeast(chains: readonly Chain[], id: bigint): number {
  let [low, high] = [0, chains.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chains[middle]?.id ?? id) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
