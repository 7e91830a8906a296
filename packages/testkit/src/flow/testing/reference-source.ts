import type { Source } from '@fairlead/sdk';
import { Op } from '@fairlead/sdk';
import { memorySource } from '../../memory-source.ts';
import { checkpoint, documents, type Step } from '../../script.ts';

/** A source with all that a capture can have: two streams, schemas, deletes, long sequences, big numbers. */
export function referenceSource(): Source {
  return memorySource({
    sharded: true,
    streams: [
      {
        name: 'users',
        schema: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
        script: [userSchema, ...users, checkpoint, documents([{ id: 2 }], Op.delete), checkpoint],
      },
      {
        name: 'orders',
        schema: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
        script: [
          ...[1, 2, 3].flatMap((day) => [
            documents([
              { id: `${day}/a`, amount: 2n ** 70n + BigInt(day), note: 'ü\n"\u2028' },
              { id: `${day}/b`, amount: 0.5 },
            ]),
            checkpoint,
          ]),
          checkpoint,
        ],
      },
    ],
  });
}

/** How many documents a whole reading has. */
export const referenceDocuments = 13;

/** Text that is in its documents. */
export const referenceTexts = ['1180591620717411303425', '0.5', '2024-01-02T03:04:05.678Z'];

const userSchema: Step = {
  is: 'schema',
  schema: {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      name: { type: 'string' },
      at: { type: 'string', format: 'date-time' },
      _meta: { type: 'object', properties: { op: { type: 'string' } } },
    },
  },
};

const users: readonly Step[] = [
  [1, 2],
  [3, 4],
  [5, 6],
].flatMap((ids, index): Step[] => {
  const at = '2024-01-02T03:04:05.678Z';
  const batch = documents(ids.map((id) => ({ id, name: `user ${id}`, at })));
  // The first two batches are one sequence.
  return index === 0 ? [batch] : [batch, checkpoint];
});
