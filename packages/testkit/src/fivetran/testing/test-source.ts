import { Failure, Op, type Source } from '@fairlead/sdk';
import { memorySource } from '../../memory-source.ts';
import { backfill, changes, checkpoint, documents } from '../../script.ts';

const columns = {
  type: 'object',
  properties: { id: { type: 'integer' }, text: { type: 'string' }, n: { type: 'number' } },
};
const numbered = (from: number, to: number) =>
  documents(Array.from({ length: to - from }, (_, index) => ({ id: from + index, text: 'x' })));
const memory = memorySource({
  streams: [
    {
      name: 'orders',
      schema: columns,
      script: [
        ...backfill(numbered(0, 4), checkpoint, numbered(4, 9)),
        changes(['delete', { id: 3 }], ['upsert', { id: 2, text: 'again' }]),
        checkpoint,
        documents([{ id: 12, n: 12_345_678_901_234_567_890n }], Op.insert),
        checkpoint,
      ],
    },
    {
      name: 'users',
      schema: columns,
      script: [numbered(0, 3), checkpoint, numbered(3, 5), checkpoint],
    },
  ],
});

/** A source of two streams, for tests of the suites. The account `wrong` does not work. */
const testSource: Source = {
  ...memory,
  async check({ config }) {
    refuse(config);
  },
  async discover(scope) {
    refuse(scope.config);
    return memory.discover({ ...scope, config: { account: 'test' } });
  },
};

/** What the suites are told of it. */
export const testSuite = {
  source: testSource,
  prepare: async () => ({ settings: { account: 'test', token: 'hunter22' } }),
  wrong: [{ what: 'a wrong account', settings: { account: 'wrong' } }],
};

function refuse(config: unknown): void {
  if (Object(config).account === 'wrong') throw new Failure('access', 'there is no such account');
}
