import type { SourceEvent } from '@fairlead/sdk';

type Events = AsyncIterable<SourceEvent>;

/** All but the first documents. */
export async function* withoutFirst(events: Events): Events {
  let isFirst = true;
  for await (const event of events) {
    if (event.is === 'documents' && isFirst) isFirst = false;
    else yield event;
  }
}

/** All documents twice. */
export async function* twice(events: Events): Events {
  for await (const event of events) {
    yield event;
    if (event.is === 'documents') yield event;
  }
}

/** The documents of each batch in the opposite order. */
export async function* backwards(events: Events): Events {
  for await (const event of events) {
    if (event.is !== 'documents') {
      yield event;
      continue;
    }
    const lines = Buffer.from(event.documents.bytes).toString().trimEnd().split('\n').toReversed();
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    let at = 0;
    const ends = Uint32Array.from(lines, (line) => (at += Buffer.byteLength(line) + 1));
    yield { ...event, documents: { bytes, ends } };
  }
}

/** Each checkpoint before the documents that it covers. */
export async function* early(events: Events): Events {
  let held: SourceEvent[] = [];
  for await (const event of events) {
    if (event.is === 'checkpoint') {
      yield event;
      yield* held;
      if (held.some(({ is }) => is === 'documents')) yield { is: 'checkpoint', patch: {} };
      held = [];
    } else held.push(event);
  }
}
