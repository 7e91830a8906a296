import { isTooLarge } from '../client/error-kinds.ts';
import { cursorExpression } from '../wire/cursor.ts';
import type { Expression } from '../wire/expression.ts';
import type { Page, PageReader } from '../wire/page.ts';
import type { PageSize } from './page-size.ts';

export interface PagesRequest {
  /** Asks for a page that begins at a cursor, or at the front. */
  readonly ask: (after: Expression | undefined, size: number) => Promise<Uint8Array>;
  /** Where to begin, as a state keeps it. */
  readonly after: unknown;
  readonly size: PageSize;
  readonly reader: PageReader;
}

/**
 * Pages one after another, the next one asked for while the one before is looked at. Each is good until the next. A page
 * that is too large is asked for in smaller parts.
 */
export async function* pagesOf({
  ask,
  after,
  size,
  reader,
}: PagesRequest): AsyncGenerator<Page, void, undefined> {
  const start = after === undefined ? undefined : cursorExpression(after);
  let answer: Promise<Uint8Array> | undefined = askInParts(ask, start, size);
  while (answer !== undefined) {
    const page: Page = reader.read(await answer);
    size.grow();
    answer = page.after && askInParts(ask, cursorExpression(page.after), size);
    // Nobody waits for it when the page is the last that is wanted.
    answer?.catch(() => {});
    yield page;
  }
}

async function askInParts(
  ask: PagesRequest['ask'],
  after: Expression | undefined,
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
