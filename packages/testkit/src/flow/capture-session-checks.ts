import { assertClosed, converse, jsonText, jsonValue } from '@fairlead/host-flow';
import { type JsonSchema, shapeOf } from '@fairlead/json';
import type { Documents } from '@fairlead/sdk';
import { expectNone, expectSame, expectThat, inTime } from '../check.ts';
import { batchProblems, streamProblems } from '../document-problems.ts';
import type { CaptureCheck } from './capture-checks.ts';
import { openRequest } from './capture-reading.ts';
import type { FlowCaptureRun } from './capture-run.ts';
import { dateTimeProblems } from './date-time-problems.ts';

/** What a session of a capture says, and in which order. */
export function captureSessionChecks(): CaptureCheck[] {
  return [
    {
      name: 'a session has opened before it says anything else, and has all documents in whole sequences',
      async run(run) {
        const { sequences } = await run.read();
        const count = sequences.flatMap(({ lines }) => Object.values(lines).flat()).length;
        expectSame(count, run.fixture.documents, 'how many documents there are');
      },
    },
    {
      name: 'documents are JSON that keeps every digit, fit their schema, and have their key',
      async run(run) {
        const { lines, sequences } = await run.read({ stable: (line) => line });
        const offered = await run.offered();
        const problems = offered.flatMap(({ recommendedName, documentSchema, key }) => {
          const collection = `acmeCo/${recommendedName}`;
          const documents = documentsOf(lines[collection] ?? []);
          if (documents.ends.length === 0) return [];
          const declared = sequences
            .flatMap(({ schemas }) => schemas)
            .findLast((sourced) => sourced.collection === collection)?.schema;
          // Both are schemas: what is not was found by another check.
          const schema = jsonValue(documentSchema, 'a schema') as JsonSchema;
          const known = (declared ?? schema) as JsonSchema;
          const found = batchProblems(documents);
          if (found.length === 0) {
            found.push(...streamProblems(documents, { key }, schema));
            if (declared !== undefined) found.push(...streamProblems(documents, { key }, known));
            found.push(...dateTimeProblems(documents, known));
          }
          return found.map((problem) => `${recommendedName}: ${problem}`);
        });
        expectNone([...new Set(problems)]);
        const all = Object.values(lines).flat().join('\n');
        const { contains = [] } = run.fixture;
        expectNone(contains.filter((text) => !all.includes(text)).map((text) => `no ${text}`));
      },
    },
    {
      name: 'the state changes by merge patches, which are objects',
      async run(run) {
        const { sequences } = await run.read();
        const updates = sequences.flatMap(({ update }) => (update === undefined ? [] : [update]));
        expectThat(updates.length > 0, 'no checkpoint has a state');
        const odd = updates.filter(({ updated, mergePatch }) => !mergePatch || !isRecord(updated));
        expectSame(odd, [], 'updates that are none');
      },
    },
    {
      name: 'sourced schemas are closed, and not repeated',
      async run(run) {
        const { sequences } = await run.read();
        const last = new Map<string, string>();
        for (const { collection, schema } of sequences.flatMap(({ schemas }) => schemas)) {
          assertClosed(schema, collection);
          shapeOf(schema as JsonSchema);
          const text = JSON.stringify(schema);
          expectThat(last.get(collection) !== text, `${collection}: the same schema comes twice`);
          last.set(collection, text);
        }
      },
    },
    {
      name: 'it gives the same documents when their collections are in a list of their own',
      async run(run) {
        const whole = await run.read();
        const capture = await run.task();
        const { bindings = [] } = capture;
        const linkedCollections = bindings.map(({ collection }) => collection ?? {});
        const indirect = bindings.map(({ collection: _inList, ...binding }, collectionIndex) => ({
          ...binding,
          collectionIndex,
        }));
        const read = await run.read({
          capture: { ...capture, bindings: indirect, linkedCollections },
        });
        run.expectRest(whole.lines, [read.lines], 'with linked collections');
      },
    },
    {
      name: 'a session without bindings opens, and ends when its input does',
      async run(run) {
        const capture = { ...(await run.task()), bindings: [] };
        const { messages } = await run.read({ capture, documents: 0 });
        expectThat(messages <= 1, 'it says something');
      },
    },
    {
      name: 'requests are read while nobody reads the answers',
      async run(run) {
        const { talk } = await converse(run.connector);
        await using _talk = talk;
        await talk.send(openRequest({ capture: await run.task(), state: {} }));
        await talk.expect('opened');
        // A request that fits into no pipe.
        const request = callPadded(run);
        await inTime(
          talk.sendBytes(request),
          'taking a request while the output is blocked',
          5_000,
        );
      },
    },
    {
      name: 'a second open, or another request within a session, is a failure',
      async run(run) {
        const capture = await run.task();
        for (const request of [
          openRequest({ capture, state: {} }),
          { is: 'discover', config: jsonText(run.fixture.settings) } as const,
        ]) {
          const { talk } = await converse(run.connector);
          await using _talk = talk;
          await talk.send(openRequest({ capture, state: {} }));
          await talk.expect('opened');
          await talk.send(request);
          talk.end();
          const drained = async () => {
            for (;;) if ((await talk.next()) === undefined) return;
          };
          await inTime(
            drained().catch(() => {}),
            'the end',
          );
          const { code } = await talk.exited;
          expectThat(
            code !== 0 && code !== null,
            `after "${request.is}" it ended with code ${code}`,
          );
        }
      },
    },
    {
      name: 'settings that do not fit fail a session before it has opened',
      async run(run) {
        const capture = { ...(await run.task()), config: jsonText([]) };
        const { talk } = await converse(run.connector);
        await using _talk = talk;
        await talk.send(openRequest({ capture, state: {} }));
        talk.end();
        const first = await talk.next().catch(() => undefined);
        expectSame(first, undefined, 'what it says');
        const { code } = await talk.exited;
        expectThat(code !== 0, 'it ended with exit code 0');
      },
    },
  ];
}

/** An acknowledgement of nothing, in as many bytes as a pipe does not hold. */
function callPadded({ connector }: FlowCaptureRun): Uint8Array {
  const size = 4 * 1024 * 1024;
  if (connector.codec === 'json') {
    const blank = Buffer.alloc(size, ' ');
    return Buffer.concat([Buffer.from('{"acknowledge":{}'), blank, Buffer.from('}\n')]);
  }
  // An unknown field of so many bytes within the acknowledgement.
  const unknown = Buffer.concat([Buffer.from('d205', 'hex'), varint(size), Buffer.alloc(size)]);
  const body = Buffer.concat([Buffer.of(0x32), varint(unknown.length), unknown]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32LE(body.length);
  return Buffer.concat([frame, body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

function documentsOf(lines: readonly string[]): Documents {
  const pieces = lines.map((line) => Buffer.from(`${line}\n`));
  let at = 0;
  const ends = Uint32Array.from(pieces, (piece) => (at += piece.length));
  return { bytes: Buffer.concat(pieces), ends };
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
