import {
  createLog,
  encodeDocuments,
  Failure,
  silentLog,
  wholeRange,
  type Destination,
  type Materialization,
  type Source,
  type SourceEvent,
  type Writer,
} from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { maskLog, maskMaterialization, maskSource } from './mask-connector.ts';

const mask = (text: string) => text.replaceAll('hunter2', '****');
const refused = () =>
  new Failure('access', 'no entry for hunter2', { where: 'hunter2@db', hint: 'Not hunter2.' });
const refuse = async () => {
  throw refused();
};
const nothing = { changes: [] };

/** A destination that refuses at one point. */
function refusingAt(point: string): Materialization {
  const at = <T>(name: string, value: T) => (name === point ? refuse : async () => value);
  const dispose = { [Symbol.asyncDispose]: async () => {} };
  const writer: Writer = {
    checkpoint: null,
    alter: at('alter', nothing),
    store: at('store', undefined),
    truncate: at('truncate', undefined),
    commit: at('commit', null),
    ...dispose,
  };
  const destination: Destination = {
    plan: at('plan', nothing),
    apply: at('apply', undefined),
    saved: at('saved', null),
    open: at('open', writer),
    ...dispose,
  };
  // Nothing else is called.
  return {
    check: at('check', undefined),
    connect: at('connect', destination),
  } as unknown as Materialization;
}

async function useAll(materialization: Materialization): Promise<void> {
  const scope = { config: {}, log: silentLog, signal: new AbortController().signal };
  const task = { task: 't', range: wholeRange };
  await materialization.check(scope);
  await using destination = await materialization.connect(scope);
  await destination.plan([]);
  await destination.apply(nothing);
  await destination.saved(task);
  await using writer = await destination.open({ ...task, tables: [] });
  await writer.alter([]);
  await writer.store(0, encodeDocuments([{ id: 1 }]));
  await writer.truncate(0);
  await writer.commit('');
}

const points = 'check connect plan apply saved open alter store truncate commit'.split(' ');

test.each(points)('a destination that fails at %s hides its secrets', async (point) => {
  const masked = maskMaterialization(refusingAt(point), async () => mask);
  await expect(useAll(masked)).rejects.toMatchObject({
    kind: 'access',
    message: 'no entry for ****',
    where: '****@db',
    hint: 'Not ****.',
  });
});

test('a destination that does not fail is used as it is', async () => {
  await useAll(maskMaterialization(refusingAt('never'), async () => mask));
});

test('a stream that fails hides its secrets, and other events pass', async () => {
  const events: SourceEvent[] = [
    { is: 'caught-up', binding: 1 },
    { is: 'failed', binding: 0, failure: refused() },
  ];
  const source = {
    async *pull() {
      yield* events;
    },
  } as unknown as Source;
  const masked: SourceEvent[] = [];
  const request = { log: silentLog } as Parameters<Source['pull']>[0];
  for await (const event of maskSource(source, async () => mask).pull(request)) masked.push(event);
  expect(masked).toMatchObject([
    { is: 'caught-up', binding: 1 },
    { is: 'failed', failure: { kind: 'access', message: 'no entry for ****' } },
  ]);
});

test('an error that is nobody’s failure stays', async () => {
  const bug = new TypeError('hunter2 is not a function');
  const source = { check: () => Promise.reject(bug) } as unknown as Source;
  const scope = { config: {}, log: silentLog, signal: new AbortController().signal };
  await expect(maskSource(source, async () => mask).check(scope)).rejects.toBe(bug);
});

test('log lines hide them in their messages and fields', () => {
  const lines: unknown[] = [];
  const log = createLog((level, message, fields) => lines.push([level, message, fields]));
  maskLog(log, mask).with({ a: 'hunter2', n: 1 }).warn('for hunter2', { b: 'x hunter2' });
  expect(lines).toEqual([['warn', 'for ****', { a: '****', n: 1, b: 'x ****' }]]);
});
