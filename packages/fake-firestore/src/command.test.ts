import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from './command/arguments.ts';
import { run } from './command/run.ts';
import { parseSeed } from './command/seed.ts';
import { startFakeFirestore } from './fake-firestore.ts';
import { officialClient } from './testing/official-client.ts';

/** Runs the command, lets `use` do something with what it greets with, and ends it. */
async function running(words: string[], use: (address: string) => Promise<void> = async () => {}) {
  const stop = new AbortController();
  let text = '';
  const greeted = new Promise<string>((resolve, reject) => {
    const out = (more: string) => {
      text += more;
      resolve(/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '');
    };
    run(words, { out, stop: stop.signal }).then(() => ended(), reject);
  });
  let ended = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  try {
    await use(await greeted);
  } finally {
    stop.abort();
  }
  await end;
  return text;
}

describe('the command', () => {
  test('says where it listens, what it holds and how to try it, and what it would have cost', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fairlead-seed-'));
    const file = join(directory, 'seed.json');
    await writeFile(file, '{"cities/hamburg": {"name": "Hamburg"}, "cities/kiel": {}}');
    let address = '';
    const words = ['--port', '0', '--seed', file, '--synthesise', 'orgs/a/users=1_000:300:number'];
    const text = await running(words, async (at) => {
      address = at;
      await using client = officialClient({ address });
      expect((await client.collection('cities').get()).size).toBe(2);
      expect((await client.doc('orgs/a/users/00000999').get()).get('index')).toBe(999);
    });
    await rm(directory, { recursive: true });
    expect(text.replaceAll(address, 'ADDRESS').replaceAll(file, 'FILE')).toBe(
      `A fake Firestore listens on ADDRESS, project demo.
It holds 2 documents from FILE and 1,000 synthetic documents in orgs/a/users.
All of it is in memory, and gone when it ends: press Ctrl-C.

To try it, in another terminal:
  export FIRESTORE_EMULATOR_HOST=ADDRESS
Every Firestore client that is started there speaks to it, in the project demo.

Ended after 2 calls. Google would have billed 3 reads, 0 writes and 0 deletes.
`,
    );
  });

  test('explains itself', async () => {
    expect(await running(['--help'])).toContain('--synthesise PATH=N:BYTES');
  });

  test.each([
    { words: ['--port', 'x'], says: '--port takes a number from 0 to 65535, not "x".' },
    { words: ['--synthesise', 'users'], says: 'such as users=1000000:300, not "users".' },
    {
      words: ['--retention', '1 day'],
      says: '--retention takes a time such as 1h, 30m, 90s or 20ms, not "1 day".',
    },
    { words: ['--round-trip', 'far'], says: '--round-trip takes a time such as' },
    {
      words: ['--documents-per-second', 'few'],
      says: '--documents-per-second takes a number such as 10000, not "few".',
    },
    { words: ['--project', 'a/b'], says: '--project takes an id such as demo, not "a/b".' },
    { words: ['--speed', '9'], says: "Unknown option '--speed'" },
    {
      words: ['--port', '0', '--seed', '/nowhere.json'],
      says: '/nowhere.json cannot be used as a seed: there is no such file.',
    },
    {
      words: ['--port', '0', '--synthesise', 'a/b=10'],
      says: '"a/b" is not the path of a collection',
    },
  ])('refuses $words', async ({ words, says }) => {
    await expect(running(words)).rejects.toThrow(says);
    await expect(running(words)).rejects.toMatchObject({ name: 'CommandError' });
  });

  test('says so when its port is taken', async () => {
    await using fake = await startFakeFirestore();
    await expect(running(['--port', String(fake.port)])).rejects.toThrow(
      'is taken by another program',
    );
  });

  test('takes times in several units', () => {
    const retention = (text: string) => parseArguments(['--retention', text]).retentionMs;
    expect(['1h', '1.5m', '90s', '5ms'].map(retention)).toEqual([3_600_000, 90_000, 90_000, 5]);
  });
});

describe('a seed', () => {
  test('holds values of every type', async () => {
    await using fake = await startFakeFirestore();
    const seed = {
      'all/types': {
        null: null,
        yes: true,
        whole: 7,
        half: 0.5,
        large: { $integer: '9223372036854775807' },
        nan: { $double: 'NaN' },
        minusZero: { $double: '-0' },
        seven: { $double: 7 },
        time: { $timestamp: '2026-01-02T03:04:05.678Z' },
        bytes: { $bytes: 'AAH/' },
        other: { $reference: 'a/b' },
        place: { $geo: [53.5, 10] },
        vector: { $vector: [1, 2.5] },
        list: [1, { deep: { $double: 1 } }],
        map: { $odd: 1, and: 2 },
      },
    };
    fake.store.commit(...parseSeed(JSON.stringify(seed), fake.store.name));
    const cases = fake.store
      .read('all/types')
      ?.fields.map(({ key, value }) => `${key} ${value?.type.case}`);
    expect(cases?.map((text) => text.replace('Value', ''))).toEqual([
      'null null',
      'yes boolean',
      'whole integer',
      'half double',
      'large integer',
      'nan double',
      'minusZero double',
      'seven double',
      'time timestamp',
      'bytes bytes',
      'other reference',
      'place geoPoint',
      'vector map',
      'list array',
      'map map',
    ]);
  });

  test.each([
    { text: '{', says: 'it is not JSON' },
    { text: '[]', says: 'it is not an object of documents' },
    { text: '{"a/b": 1}', says: 'the document "a/b" is not an object' },
    { text: '{"a/b": {"c": {"d": {"$time": 1}}}}', says: '"a/b: c.d" has the tag $time' },
    { text: '{"a/b": {"c": 9007199254740993}}', says: 'write {"$integer": "…"}' },
  ])('is refused as $text', ({ text, says }) => {
    expect(() => parseSeed(text, 'projects/demo/databases/(default)')).toThrow(says);
  });
});
