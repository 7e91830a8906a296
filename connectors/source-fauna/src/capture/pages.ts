import { isTooLarge } from '../client/error-kinds.ts';
import type { Page } from '../wire/page.ts';
import type { PageSize } from './page-size.ts';

export interface PagesRequest {
  /** Asks for a page that begins at a cursor, as a state keeps it or as the bytes that came with a page, or at the front. */
  readonly ask: (after: unknown, size: number) => Promise<Uint8Array>;
  /** Where to begin. */
  readonly after: unknown;
  readonly size: PageSize;
  readonly reader: { read(body: Uint8Array): Page };
}

/**
 * Pages one after another, the next one asked for while the one before is looked at. Each is good until the next. A page
 * that is too large is asked for in smaller parts, and after a very long answer the next ones are smaller.
 */
export async function* pagesOf({
  ask,
  after,
  size,
  reader,
}: PagesRequest): AsyncGenerator<Page, void, undefined> {
  let answer: Promise<Uint8Array> | undefined = askInParts(ask, after, size);
  while (answer !== undefined) {
    const body = await answer;
    size.note(body.length);
    const page: Page = reader.read(body);
    answer = page.after && askInParts(ask, page.after, size);
    // Nobody waits for it when the page is the last that is wanted.
    answer?.catch(() => {});
    yield page;
  }
}

/** The answer to `ask`, of fewer elements when so many are too large. */
export async function askInParts(
  ask: PagesRequest['ask'],
  after: unknown,
  size: PageSize,
): Promise<Uint8Array> {
  for (;;) {
    const wanted = size.now;
    try {
      return await ask(after, wanted);
    } catch (error) {
      if (!isTooLarge(error) || !size.shrink(wanted)) throw error;
    }
  }
}
