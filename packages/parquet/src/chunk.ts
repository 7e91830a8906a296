import { ByteWriter } from '@fairlead/json';
import { Dictionary } from './dictionary.ts';
import { writeDictionaryPage, writeIndexPage, writePage } from './page.ts';
import type { Page } from './page.ts';

/** The pages of one column in a row group. */
export class Chunk {
  readonly #dictionary: Dictionary | undefined;
  readonly #dictionaryPage = new ByteWriter();
  readonly #pages = new ByteWriter();
  /** Whether the dictionary takes the next page as well. */
  #isOpen: boolean;
  rowCount = 0;

  /** @param isText whether values that come again may be written once. */
  constructor(isText: boolean) {
    this.#dictionary = isText ? new Dictionary() : undefined;
    this.#isOpen = isText;
  }

  get sizeBytes(): number {
    return this.#pages.length + (this.#dictionary?.texts.length ?? 0);
  }

  add(page: Page): void {
    const isEmpty = page.values.length === 0;
    const indices = this.#isOpen && !isEmpty ? this.#dictionary?.indicesOf(page.values) : undefined;
    if (indices !== undefined) writeIndexPage(this.#pages, page, indices);
    else writePage(this.#pages, page);
    this.#isOpen &&= isEmpty || indices !== undefined;
    this.rowCount += page.rowCount;
  }

  /** The page of the dictionary, which may be empty, and the others; valid until the chunk is changed. */
  views(): readonly [Uint8Array, Uint8Array] {
    this.#dictionaryPage.truncate(0);
    if (this.#dictionary !== undefined && this.#dictionary.count > 0) {
      writeDictionaryPage(this.#dictionaryPage, this.#dictionary);
    }
    return [this.#dictionaryPage.view(), this.#pages.view()];
  }

  clear(): void {
    this.#pages.truncate(0);
    this.#dictionary?.clear();
    this.#isOpen = this.#dictionary !== undefined;
    this.rowCount = 0;
  }
}
