import type { Source, SourceEvent } from '@fairlead/sdk';
import { memorySource } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { apart, recordsIn } from './testing/read-all.ts';
import { catalogOf, serve, streamsOf } from './testing/serve.ts';

/** A source that writes over each batch as soon as it gets its memory back. */
function reusing(source: Source, given: { batches: number; back: number }): Source {
  async function* pull(request: Parameters<Source['pull']>[0]): AsyncGenerator<SourceEvent> {
    for await (const event of source.pull(request)) {
      if (event.is !== 'documents') {
        yield event;
        continue;
      }
      given.batches++;
      const bytes = Uint8Array.from(event.documents.bytes);
      const release = () => {
        given.back++;
        bytes.fill(0x20);
      };
      yield { ...event, documents: { ...event.documents, bytes }, release };
    }
  }
  return { ...source, pull };
}

test.each([
  { what: 'of which all can be written', streams: apart.streams, code: 0 },
  {
    what: 'of which one cannot be written',
    streams: apart.streams.map((stream) => (stream.name === 'a' ? { ...stream, key: [] } : stream)),
    code: 1,
  },
])('the memory of each batch is given back once, after it was written: $what', async (of) => {
  const memory = memorySource({ streams: of.streams });
  const given = { batches: 0, back: 0 };
  const catalog = catalogOf(await streamsOf(memory));
  const plain = await serve(memory, 'read', { config: {}, catalog });
  const reused = await serve(reusing(memory, given), 'read', { config: {}, catalog });
  expect([plain.code, reused.code]).toEqual([of.code, of.code]);
  expect(recordsIn(reused.messages)).toEqual(recordsIn(plain.messages));
  expect(given.batches).toBeGreaterThan(5);
  expect(given.back).toBe(given.batches);
});
