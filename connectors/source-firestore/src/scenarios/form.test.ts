import { startFakeFirestore } from '@fairlead/fake-firestore';
import { connect, settingsSchema, silentLog } from '@fairlead/sdk';
import { expectGolden } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { firestore } from '../source.ts';
import { Task } from '../testing/harness/task.ts';
import { setAll } from '../testing/harness/writes.ts';

const { signal } = new AbortController();

test('the forms of its settings', () => {
  const { name, title, config, resource } = firestore;
  const forms = { name, title, config: settingsSchema(config), resource: settingsSchema(resource) };
  expectGolden(new URL('goldens/spec.txt', import.meta.url), JSON.stringify(forms, undefined, 2));
});

test('a discovery offers collections at every depth, those below missing documents, and extra ones', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, [
    'users/1',
    'users/1/docs/1',
    'users/2/docs/1/versions/1',
    'ghosts/never-written/children/1',
  ]);
  const extra = ['orgs/acme/users', 'elsewhere/*/nothing'];
  await using task = new Task(fake, [], { config: { advanced: { extra_collections: extra } } });
  const streams = await connect(firestore, task.settings).discover({ signal, log: silentLog });
  const paths = streams.map(({ resource }) => (resource as { path: string }).path);
  expect(paths.toSorted()).toEqual(
    [
      'users',
      'users/*/docs',
      'users/*/docs/*/versions',
      // Its documents are all missing; one may be written yet.
      'ghosts',
      'ghosts/*/children',
      ...extra,
    ].toSorted(),
  );
  expectGolden(
    new URL('goldens/discovery.txt', import.meta.url),
    JSON.stringify(streams, undefined, 2),
  );
});

test('a discovery that is told to leaves only the extra collections', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, ['users/1']);
  const advanced = { extra_collections: ['a/*/b'], skip_discovery: true };
  await using task = new Task(fake, [], { config: { advanced } });
  const streams = await connect(firestore, task.settings).discover({ signal, log: silentLog });
  expect(streams.map(({ resource }) => resource)).toEqual([
    { path: 'a/*/b', backfillMode: 'async' },
  ]);
});

test('names and resources of what discovery offers can be bound as they are', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, ['users/1', 'users/1/docs/1', 'users/1/docs/2']);
  const connected = connect(firestore, new Task(fake, []).settings);
  const streams = await connected.discover({ signal, log: silentLog });
  await using task = new Task(
    fake,
    streams.map(({ name, resource }) => ({ ...(resource as { path: string }), stateKey: name })),
  );
  await task.catchUp();
  const sizes = streams.map(({ name }) => task.destination.table(name).size);
  expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 2]);
});

test('discovery stops reading where its limit is', async () => {
  await using fake = await startFakeFirestore();
  fake.store.synthesise({ collection: 'users', count: 5_000 });
  await using task = new Task(fake, [], { config: { advanced: { discoveryReads: 100 } } });
  await connect(firestore, task.settings).discover({ signal, log: silentLog });
  expect(fake.counters.total.reads).toBeLessThanOrEqual(110);
});
