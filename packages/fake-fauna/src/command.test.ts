import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from './command/arguments.ts';
import { run } from './command/run.ts';
import { plantSeed } from './command/seed.ts';
import { startFakeFauna } from './fake-fauna.ts';
import { ask, q } from './testing/post.ts';

/** Runs the command, lets `use` do something with what it greets with, and ends it. */
async function running(words: string[], use: (address: string) => Promise<void> = async () => {}) {
  const stop = new AbortController();
  let text = '';
  let ended = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const greeted = new Promise<string>((resolve, reject) => {
    const out = (more: string) => {
      text += more;
      resolve(/http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '');
    };
    run(words, { out, stop: stop.signal }).then(() => ended(), reject);
  });
  try {
    await use(await greeted);
  } finally {
    stop.abort();
  }
  await end;
  return text;
}

async function seedFile(text: string) {
  const directory = await mkdtemp(join(tmpdir(), 'fairlead-seed-'));
  const file = join(directory, 'seed.json');
  await writeFile(file, text);
  return { file, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

describe('the command', () => {
  test('says where it listens, what it holds, and what was asked of it', async () => {
    await using seed = await seedFile(
      '{"cities": {"1": {"name": "Hamburg"}, "2": {"at": {"@date": "2022-11-22"}}}}',
    );
    let address = '';
    const words = [
      '--port',
      '0',
      '--secret',
      'mine',
      '--seed',
      seed.file,
      '--synthesise',
      'users=1_000:300',
    ];
    const text = await running(words, async (at) => {
      address = at;
      const fake = { address, secret: 'mine' };
      expect(await ask(fake, q.paginate(q.match('cities_ts')))).toMatchObject({
        data: [[expect.any(Number), q.document('cities', '1')], {}],
      });
      expect(await ask(fake, { count: q.documents('users') })).toBe(1000);
    });
    const port = address.split(':').at(-1) ?? '';
    expect(
      text.replaceAll(address, 'ADDRESS').replaceAll(seed.file, 'FILE').replaceAll(port, 'PORT'),
    ).toBe(
      `A fake Fauna listens on ADDRESS, secret mine.
It holds 2 documents from FILE and 1,000 synthetic documents in users.
All of it is in memory, and gone when it ends: press Ctrl-C.

To point a client at it: domain 127.0.0.1, port PORT, scheme http.

Ended after 2 requests, 2 reads and 0 writes.
`,
    );
  });

  test('explains itself', async () => {
    expect(await running(['--help'])).toContain('--synthesise NAME=N');
  });

  test.each([
    { words: ['--port', 'x'], says: '--port takes a number from 0 to 65535, not "x".' },
    { words: ['--secret', ''], says: '--secret takes a text that is not empty.' },
    { words: ['--synthesise', 'users'], says: 'such as users=1000000:300, not "users".' },
    {
      words: ['--history-days', 'few'],
      says: '--history-days takes a number of days, or all, not "few".',
    },
    {
      words: ['--documents-per-second', '0'],
      says: '--documents-per-second takes a number such as 10000, not "0".',
    },
    { words: ['--speed', '9'], says: "Unknown option '--speed'" },
    { words: ['file.json'], says: 'Unexpected argument' },
  ])('refuses $words', async ({ words, says }) => {
    await expect(running(words)).rejects.toThrow(says);
  });

  test('takes a speed', () => {
    expect(parseArguments([]).documentsPerSecond).toBe(Infinity);
    expect(parseArguments(['--documents-per-second', '10_000'])).toMatchObject({
      documentsPerSecond: 10_000,
    });
  });

  test('takes a history that is kept for ever', () => {
    expect(parseArguments(['--history-days', 'all'])).toMatchObject({
      historyDays: null,
      port: 8443,
    });
  });

  test('says that its port is taken', async () => {
    await using fake = await startFakeFauna();
    await expect(running(['--port', String(fake.port)])).rejects.toThrow(
      'is taken by another program',
    );
  });

  test('says that a seed is not there', async () => {
    await expect(running(['--port', '0', '--seed', '/no/seed.json'])).rejects.toThrow(
      'there is no such file.',
    );
  });

  test('the same collection cannot be synthetic twice', async () => {
    const words = ['--port', '0', '--synthesise', 'users=1', '--synthesise', 'users=2'];
    await expect(running(words)).rejects.toThrow('There is a "users" already.');
  });
});

describe('a seed', () => {
  test.each([
    { text: '{', says: 'it is not JSON' },
    { text: '[]', says: 'it is not an object' },
    { text: '{"a": 1}', says: 'the collection "a" is not an object' },
    { text: '{"a": {"1": null}}', says: 'the document "a/1" is not an object' },
    { text: '{"a": {"x": {}}}', says: 'the document "a/x" has an id that is no number.' },
    {
      text: '{"a": {"1": {"t": {"@ts": "now"}}}}',
      says: 'the document "a/1" cannot be stored: Invalid time.',
    },
  ])('$text is refused', async ({ text, says }) => {
    await using fake = await startFakeFauna();
    expect(() => plantSeed(text, fake.store)).toThrow(says);
  });
});
