import type { UnwrapKernel } from './unwrap-kernel.ts';

/**
 * The members that documents of one stream may have, with the classes of value that each may have, in the
 * form of `kernel/fields.ts` in `@fairlead/json`. What does not fit in is a misfit.
 */
export class RecordTable {
  /** The number of the next document. */
  document = 0;
  readonly #accepted: ReadonlyMap<string, number>;
  /** How many of the accepted members are in the table. */
  #count = -1;
  /** The table, while it is not in the memory. */
  #kept: Uint8Array | undefined;

  /** @param accepted classes by name; it may grow. */
  constructor(accepted: ReadonlyMap<string, number>) {
    this.#accepted = accepted;
  }

  /** Whether what is in the memory, or kept, is of use. */
  get isCurrent(): boolean {
    return this.#count === this.#accepted.size && this.document < mostDocuments;
  }

  get sizeBytes(): number {
    return this.#room().size;
  }

  /**
   * Puts the table at `at`, each time the same. The kernel may write a name without its escapes to
   * `longKeyAt`.
   */
  lay(kernel: UnwrapKernel, at: number, longKeyAt: number): void {
    if (this.isCurrent && this.#kept !== undefined) kernel.bytes.set(this.#kept, at);
    else this.#make(kernel, at, longKeyAt);
    this.#kept = undefined;
  }

  /** Keeps what is at `at`, where another table will be. */
  keep({ bytes }: UnwrapKernel, at: number): void {
    if (this.isCurrent) this.#kept = Uint8Array.from(bytes.subarray(at, at + this.sizeBytes));
  }

  #make({ bytes, words, run }: UnwrapKernel, at: number, longKeyAt: number): void {
    const { fieldsEnd, slots, text, size } = this.#room();
    run.initialize(at, at + fieldsEnd, at + fieldsEnd, slots - 1, at + text, at + size, longKeyAt);
    for (const [name, classes] of this.#accepted) {
      // A longer name would not fit where names are put; whoever has it is a misfit.
      if (name.length > mostName) continue;
      const length = bytes.write(name, longKeyAt);
      const field = (run.add(at, at + rootAt, longKeyAt, length) >>> 0) >> 2;
      words[field + Word.accepted] = classes;
      words[field + Word.mostDigits] = anyNumber;
      words[field + Word.mostScale] = anyNumber;
    }
    this.#count = this.#accepted.size;
    this.document = 0;
  }

  /** Where the parts of the table are, with room for as many members again. */
  #room() {
    let names = 0;
    for (const name of this.#accepted.keys()) names += Buffer.byteLength(name) + nameOverhead;
    const count = this.#accepted.size + Math.max(64, this.#accepted.size);
    const fieldsEnd = rootAt + fieldSize + count * fieldSize;
    const slots = 2 ** Math.ceil(Math.log2(count * 2 + 2));
    const text = fieldsEnd + Math.ceil(slots / 4) * 16;
    const size = text + Math.ceil((names + Math.max(4096, names)) / 16) * 16;
    return { fieldsEnd, slots, text, size };
  }
}

/** Words of a field. */
const Word = { accepted: 12, mostDigits: 13, mostScale: 14 } as const;
const anyNumber = 0xffff_ffff;
const rootAt = 64;
const fieldSize = 64;
/** How many bytes more than itself a name takes at most. */
const nameOverhead = 48;
const mostName = 32 * 1024;
/** Documents are told apart by their number in 32 bits. */
const mostDocuments = 0x7fff_ffff;
