import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startFakeFirestore, type FakeFirestore } from './fake-firestore.ts';
import { mayHold } from './listen/bloom.ts';
import { microsOf, timestampOf, tokenOf, type Micros } from './time/micros.ts';
import { wireClient, type WireClient } from './testing/wire-client.ts';
import type { Listening } from './testing/listening.ts';
import { frozenClock } from './time/clock.ts';

/** What a client knows of a target: paths with update times. */
type Known = Map<string, Micros>;

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ set: fc.nat(7), n: fc.nat(1) }) },
    { weight: 3, arbitrary: fc.record({ delete: fc.nat(7) }) },
    { weight: 1, arbitrary: fc.constant('point' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('resume by token' as const, 'resume by time' as const),
    },
    { weight: 1, arbitrary: fc.constant('reset' as const) },
  ),
  { minLength: 1, maxLength: 25 },
);

test.each([
  { what: 'all of a collection', query: {} },
  { what: 'a filter', query: { where: filter('n', 1) } },
  {
    what: 'a range of names',
    query: { startAt: cursorAt('c/00000001'), endAt: cursorAt('c/00000006') },
  },
  {
    what: 'the first three by a field',
    query: { limit: 3, orderBy: [{ field: { fieldPath: 'n' } }] },
  },
])('a listener that resumes knows what is there at every point: $what', async ({ query }) => {
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.boolean(),
      fc.constantFrom(1, Infinity),
      fc.boolean(),
      async (all, change, turn, forget) => {
        await using fake = await startFakeFirestore({
          clock: frozenClock(),
          settings: {
            listen: {
              leaving: change ? 'change' : 'remove',
              turnDocuments: turn,
              forgetDeletes: forget ? 'all' : 'none',
            },
          },
        });
        await using client = wireClient(fake);
        fake.store.synthesise({ collection: 'c', count: 4, ids: 'number' });
        const value = {
          parent: client.parent,
          structuredQuery: { from: [{ collectionId: 'c' }], ...query },
        };
        const known: Known = new Map();
        let listening = client.listen();
        const what = { case: 'query' as const, value };
        listening.add({ targetId: 1, what });
        await follow(listening, known, fake);
        await check(known, client, value, listening.point);

        for (const step of all) {
          if (typeof step === 'object') {
            const path = `c/${'set' in step ? idOf(step.set) : idOf(step.delete)}`;
            if ('set' in step) fake.store.set(path, { n: step.n });
            else fake.store.delete(path);
            continue;
          }
          if (step === 'reset') fake.listeners.reset();
          if (step.startsWith('resume')) {
            const { point } = listening;
            listening.cancel();
            listening = client.listen();
            const resume =
              step === 'resume by token'
                ? { case: 'resumeToken' as const, value: tokenOf(point) }
                : { case: 'readTime' as const, value: timestampOf(point) };
            listening.add({ targetId: 1, what, resume, expectedCount: known.size });
          }
          await follow(listening, known, fake);
          await check(known, client, value, listening.point);
        }
        listening.cancel();
      },
    ),
    { numRuns: 60 },
  );
});

/** Applies what is told until a consistent point covers the present. */
async function follow(listening: Listening, known: Known, fake: FakeFirestore): Promise<void> {
  const until = fake.store.set('elsewhere/mark', { at: fake.store.now() });
  const fresh = new Set<string>();
  // For a stream that has nothing to tell. A new one has its first point to come.
  fake.listeners.heartbeat();
  while (listening.point < until) {
    const { response } = await listening.next();
    switch (response.case) {
      case 'targetChange':
        if (response.value.targetChangeType === 4) known.clear();
        expect(response.value.targetChangeType).not.toBe(2);
        break;
      case 'documentChange': {
        const { document, targetIds } = response.value;
        fresh.add(document!.name);
        if (targetIds.includes(1)) known.set(document!.name, microsOf(document!.updateTime!));
        else known.delete(document!.name);
        break;
      }
      case 'documentDelete':
      case 'documentRemove':
        known.delete(response.value.document);
        break;
      case 'filter':
        // Whoever was told of all deletes has nothing to take away.
        for (const name of known.keys()) {
          if (!fresh.has(name) && !mayHold(response.value.unchangedNames!, name))
            known.delete(name);
        }
        expect(response.value.count).toBe(known.size);
        break;
      case undefined:
        throw new Error('a message of no kind');
    }
  }
}

async function check(
  known: Known,
  client: WireClient,
  value: NonNullable<Parameters<typeof client.query>[0]>,
  at: Micros,
): Promise<void> {
  const consistency = { case: 'readTime' as const, value: timestampOf(at) };
  const there = await client.query({ ...value, consistency });
  const expected = there
    .filter(({ document }) => document !== undefined)
    .map(({ document }) => [document!.name, microsOf(document!.updateTime!)] as const);
  expect(known).toEqual(new Map(expected));
}

function cursorAt(path: string) {
  const value = `projects/demo/databases/(default)/documents/${path}`;
  return { values: [{ type: { case: 'referenceValue' as const, value } }], before: true };
}

function idOf(number: number): string {
  return String(number).padStart(8, '0');
}

function filter(fieldPath: string, value: number) {
  return {
    type: {
      case: 'fieldFilter' as const,
      value: {
        field: { fieldPath },
        op: 5,
        value: { type: { case: 'integerValue' as const, value: BigInt(value) } },
      },
    },
  };
}
