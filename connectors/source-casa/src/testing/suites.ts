import { biztera } from './biztera.ts';

/** What suites have to know: some pages of both lists, or of one. */
export function suiteOf(...streams: readonly string[]) {
  return {
    // Everything is read in each run.
    repeats: true,
    async prepare() {
      const server = await biztera({ projects: 11, users: 11, most: 4 });
      return {
        settings: server.settings,
        documents: 11 * streams.length,
        streams,
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
    wrong: [
      { what: 'no token', settings: { url: 'http://127.0.0.1:1' } },
      { what: 'no URL', settings: { url: 'nowhere', access_token: 'good' } },
    ],
  };
}
