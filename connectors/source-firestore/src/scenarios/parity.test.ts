import { startFakeFirestore, type DirectDatabase } from '@fairlead/fake-firestore';
import { expect, test } from 'vitest';
import { expectSame } from '../testing/harness/compare.ts';
import { Story } from '../testing/harness/story.ts';
import { Task, type BindingSetup } from '../testing/harness/task.ts';
import { numbered, referenceTo, setAll } from '../testing/harness/writes.ts';

// What the original suite asserts of a capture (its table is in the reference, §2.7), phase by phase.

interface Phase {
  /** The bindings from this phase on. */
  readonly bind?: readonly BindingSetup[];
  readonly write?: (store: DirectDatabase) => void;
  /** What comes, by binding; in short, sorted. */
  readonly told: { readonly [stateKey: string]: readonly string[] };
}

const root = 'flow_source_tests';
const docs = `${root}/*/docs`;

/** Rows of the documents `path1` … with `{"n": …}`. */
function rows(kind: string, prefix: string, count: number, first = 1): string[] {
  return numbered(prefix, count, first).map((path, index) => `${kind} ${path} {"n":${index + 1}}`);
}

const scenarios: readonly { readonly name: string; readonly phases: readonly Phase[] }[] = [
  {
    name: 'simple-capture',
    phases: [
      {
        bind: [docs],
        write: (store) => setAll(store, numbered(`${root}/simple/docs/a`, 6)),
        told: { [docs]: rows('snapshot', `${root}/simple/docs/a`, 6) },
      },
      {
        write: (store) => setAll(store, numbered(`${root}/simple/docs/b`, 6)),
        told: { [docs]: rows('change', `${root}/simple/docs/b`, 6) },
      },
    ],
  },
  {
    name: 'deletions',
    phases: [
      {
        bind: [docs],
        write(store) {
          setAll(store, numbered(`${root}/deletions/docs/`, 4));
          store.commit(
            { delete: `${root}/deletions/docs/1` },
            { delete: `${root}/deletions/docs/2` },
          );
        },
        told: {
          [docs]: [
            `snapshot ${root}/deletions/docs/3 {"n":3}`,
            `snapshot ${root}/deletions/docs/4 {"n":4}`,
          ],
        },
      },
      {
        write(store) {
          store.delete(`${root}/deletions/docs/3`);
          store.delete(`${root}/deletions/docs/4`);
        },
        told: { [docs]: [`delete ${root}/deletions/docs/3`, `delete ${root}/deletions/docs/4`] },
      },
    ],
  },
  {
    name: 'added-binding-of-the-same-group',
    phases: [
      {
        bind: ['users/*/docs'],
        write(store) {
          setAll(store, numbered('users/1/docs/', 2));
          setAll(store, numbered('groups/1/docs/', 2));
        },
        told: { 'users/*/docs': rows('snapshot', 'users/1/docs/', 2) },
      },
      {
        bind: ['users/*/docs', 'groups/*/docs'],
        write(store) {
          setAll(store, numbered('users/2/docs/', 2));
          setAll(store, numbered('groups/2/docs/', 2));
        },
        told: {
          'users/*/docs': rows('change', 'users/2/docs/', 2),
          'groups/*/docs': [
            ...rows('snapshot', 'groups/1/docs/', 2),
            ...rows('snapshot', 'groups/2/docs/', 2),
          ],
        },
      },
    ],
  },
  {
    name: 'many-small-writes',
    phases: [
      {
        bind: [docs],
        write(store) {
          for (const path of numbered(`${root}/small/docs/a`, 25)) store.set(path, { n: 1 });
        },
        told: {
          [docs]: numbered(`${root}/small/docs/a`, 25).map((path) => `snapshot ${path} {"n":1}`),
        },
      },
      {
        write(store) {
          for (const path of numbered(`${root}/small/docs/b`, 25)) store.set(path, { n: 1 });
        },
        told: {
          [docs]: numbered(`${root}/small/docs/b`, 25).map((path) => `change ${path} {"n":1}`),
        },
      },
    ],
  },
  {
    name: 'multiple-watches',
    phases: ['a', 'b'].map((letter, phase) => ({
      bind: ['one', 'two', 'three'].map((id) => `${root}/*/${id}`),
      write(store: DirectDatabase) {
        for (const id of ['one', 'two', 'three']) {
          setAll(store, numbered(`${root}/watches/${id}/${letter}`, 25));
        }
      },
      told: Object.fromEntries(
        ['one', 'two', 'three'].map((id) => [
          `${root}/*/${id}`,
          rows(phase === 0 ? 'snapshot' : 'change', `${root}/watches/${id}/${letter}`, 25),
        ]),
      ),
    })),
  },
  {
    name: 'binding-deletion',
    phases: [
      {
        bind: [docs],
        write: (store) => setAll(store, numbered(`${root}/binding/docs/`, 20)),
        told: { [docs]: rows('snapshot', `${root}/binding/docs/`, 20) },
      },
      { bind: [`${root}/*/other`], told: { [`${root}/*/other`]: [] } },
      { bind: [docs], told: { [docs]: rows('snapshot', `${root}/binding/docs/`, 20) } },
    ],
  },
  {
    name: 'nested-collections',
    phases: [
      {
        bind: ['nested_users', 'nested_users/*/docs'],
        write(store) {
          setAll(store, numbered('nested_users/', 2));
          for (const user of numbered('nested_users/', 2))
            setAll(store, numbered(`${user}/docs/`, 2));
        },
        told: {
          nested_users: rows('snapshot', 'nested_users/', 2),
          'nested_users/*/docs': [
            ...rows('snapshot', 'nested_users/1/docs/', 2),
            ...rows('snapshot', 'nested_users/2/docs/', 2),
          ],
        },
      },
      {
        write(store) {
          setAll(store, numbered('nested_users/', 2, 3));
          for (const user of numbered('nested_users/', 2, 3)) {
            setAll(store, numbered(`${user}/docs/`, 2));
          }
        },
        told: {
          nested_users: rows('change', 'nested_users/', 2, 3),
          'nested_users/*/docs': [
            ...rows('change', 'nested_users/3/docs/', 2),
            ...rows('change', 'nested_users/4/docs/', 2),
          ],
        },
      },
    ],
  },
  {
    name: 'document-references',
    phases: ['a', 'c'].map((letter, phase) => ({
      bind: [docs],
      write(store: DirectDatabase) {
        const first = `${root}/references/docs/${letter}`;
        store.commit(
          { set: first, fields: { name: 'first' } },
          { set: `${first}2`, fields: { ref: referenceTo(store, first) } },
        );
      },
      told: {
        [docs]: [
          `${phase === 0 ? 'snapshot' : 'change'} ${root}/references/docs/${letter} {"name":"first"}`,
          `${phase === 0 ? 'snapshot' : 'change'} ${root}/references/docs/${letter}2 ${JSON.stringify(
            {
              ref: `projects/demo/databases/(default)/documents/${root}/references/docs/${letter}`,
            },
          )}`,
        ],
      },
    })),
  },
  {
    name: 'restart-cursor',
    phases: [
      {
        bind: [{ path: docs, restartCursorPath: '/n' }],
        write: (store) => setAll(store, numbered(`${root}/cursor/docs/a`, 20)),
        told: { [docs]: rows('snapshot', `${root}/cursor/docs/a`, 20) },
      },
      {
        write: (store) => setAll(store, numbered(`${root}/cursor/docs/b`, 70)),
        told: { [docs]: rows('change', `${root}/cursor/docs/b`, 70) },
      },
    ],
  },
];

test.each(scenarios)('$name', async ({ name, phases }) => {
  await using fake = await startFakeFirestore();
  await using task = new Task(fake, []);
  fake.store.set(`${root}/parent`, {});
  const story = new Story();
  for (const [index, { bind, write, told }] of phases.entries()) {
    if (bind !== undefined) task.bind(bind);
    write?.(fake.store);
    const life = await task.catchUp();
    for (const [stateKey, expected] of Object.entries(told)) {
      expect(life.told(stateKey), `phase ${index + 1}, ${stateKey}`).toEqual(expected);
    }
    expect(Object.keys(task.state.bindings).toSorted()).toEqual(Object.keys(told).toSorted());
    expectSame(task);
    story.tell(`phase ${index + 1}`, task, life);
  }
  story.expect(name, import.meta.url);
});
