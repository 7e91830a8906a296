import { someProducts } from './products.ts';
import { Tracker } from './tracker.ts';

/** What suites have to know: bugs of several pages, some of them of the same second. */
export function suiteOf(...streams: readonly string[]) {
  return {
    // The lists of products and components are read in each run.
    repeats: true,
    async prepare() {
      const tracker = await Tracker.start({ bugs: 8, products: someProducts });
      for (const id of [3, 5, 6, 8]) tracker.change(id);
      tracker.pass(3_600);
      return {
        settings: { url: tracker.url, apiKey: 'good', pageSize: 3 },
        documents: streams.reduce((sum, stream) => sum + (counts[stream] ?? 0), 0),
        streams,
        [Symbol.asyncDispose]: () => tracker[Symbol.asyncDispose](),
      };
    },
    wrong: [
      { what: 'no URL', settings: { apiKey: 'good' } },
      { what: 'a page of one bug', settings: { url: 'http://127.0.0.1:1', pageSize: 1 } },
    ],
  };
}

const counts: Readonly<Record<string, number>> = { bugs: 8, products: 2, components: 3 };
