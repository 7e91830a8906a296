import { startFakeFirestore, type FakeFirestore } from '@fairlead/fake-firestore';
import { converse, jsonText, launchInProcess, serveCapture } from '@fairlead/host-flow';
import type { Json } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { firestore } from './source.ts';
import { numbered, setAll } from './testing/harness/writes.ts';

// A task of Flow that ran with Estuary's connector, and then runs with this one.

const launch = launchInProcess((io) => serveCapture(firestore, io));

/** What a session gives until `count` documents have come and a checkpoint after them. */
async function session(fake: FakeFirestore, state: Json, count: number) {
  const config = { database: fake.store.name, advanced: { emulatorHost: fake.address } };
  const { talk } = await converse({ launch, codec: 'json' });
  await using _talk = talk;
  await talk.send({
    is: 'open',
    capture: {
      name: 'acmeCo/shop',
      connectorType: 'IMAGE',
      config: jsonText(config),
      bindings: [
        {
          resourceConfig: jsonText({ path: 'users', backfillMode: 'async' }),
          resourcePath: ['users'],
          collection: { name: 'acmeCo/users', key: ['/_meta/path'] },
          stateKey: 'users.v2',
        },
      ],
      inactiveBindings: [],
      intervalSeconds: 300,
    },
    version: 'one',
    range: { keyBegin: 0, keyEnd: 0xffff_ffff, rClockBegin: 0, rClockEnd: 0xffff_ffff },
    state: jsonText(state),
  });
  await talk.expect('opened');
  const documents: string[] = [];
  let merged = state;
  for (;;) {
    const response = await talk.next();
    if (response === undefined) throw new Error('the capture ended');
    if (response.is === 'captured') {
      const text = Buffer.from(response.documents.bytes).toString();
      documents.push(...text.trimEnd().split('\n').map(inShort));
    } else if (response.is === 'checkpoint') {
      const { updated, mergePatch } = response.state ?? {};
      if (updated === undefined) continue;
      const patch = JSON.parse(Buffer.from(updated).toString());
      merged = mergePatch === true ? mergedWith(merged, patch) : patch;
      if (documents.length >= count) break;
    }
  }
  talk.end();
  // Nothing comes after the last one.
  for (let rest = await talk.next(); rest !== undefined; rest = await talk.next()) {
    expect(rest.is).toBe('checkpoint');
  }
  return { documents: documents.toSorted(), state: merged };
}

function inShort(line: string): string {
  const { _meta, ...fields } = JSON.parse(line);
  const id = _meta.path.replace(/^.*\/documents\//, '');
  if (_meta.delete === true) return `${id} deleted`;
  return `${id} ${JSON.stringify(fields)}${_meta.snapshot === true ? ' snapshot' : ''}`;
}

/** RFC 7396. */
function mergedWith(target: unknown, patch: unknown): Json {
  if (!isObject(patch)) return patch as Json;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergedWith(merged[key], value);
  }
  return merged as Json;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Six users, and what happened since Estuary's connector stopped. */
async function shop() {
  const fake = await startFakeFirestore();
  setAll(fake.store, numbered('users/', 6, 1));
  const at = `${new Date(fake.store.now() / 1000).toISOString().slice(0, -1)}999Z`;
  await new Promise((resolve) => setTimeout(resolve, 2));
  fake.store.set('users/1', { n: 'changed' });
  fake.store.delete('users/2');
  return { fake, at };
}

test('after a finished backfill only what changed meanwhile comes, deletes too', async () => {
  const { fake, at } = await shop();
  await using _fake = fake;
  const former = {
    ReadTime: at,
    Backfill: { StartAfter: at, Completed: true, Cursor: '', MTime: '0001-01-01T00:00:00Z' },
  };
  const first = await session(fake, { bindingStateV1: { 'users.v2': former } }, 2);
  expect(first.documents).toEqual(['users/1 {"n":"changed"}', 'users/2 deleted']);
  expect(first.state).toEqual({
    bindingStateV1: { 'users.v2': { at: expect.any(String), count: 5 } },
  });
  fake.store.set('users/7', { n: 7 });
  const second = await session(fake, first.state, 1);
  expect(second.documents).toEqual(['users/7 {"n":7}']);
});

test('an unfinished backfill goes on behind its last document', async () => {
  const { fake, at } = await shop();
  await using _fake = fake;
  const former = {
    ReadTime: at,
    Backfill: { StartAfter: at, Completed: false, Cursor: 'users/3', MTime: at },
  };
  const { documents, state } = await session(fake, { bindingStateV1: { 'users.v2': former } }, 5);
  expect(documents).toEqual([
    'users/1 {"n":"changed"}',
    'users/2 deleted',
    'users/4 {"n":4} snapshot',
    'users/5 {"n":5} snapshot',
    'users/6 {"n":6} snapshot',
  ]);
  expect(state).toMatchObject({ bindingStateV1: { 'users.v2': { at: expect.any(String) } } });
  expect(JSON.stringify(state)).not.toContain('ReadTime');
});
