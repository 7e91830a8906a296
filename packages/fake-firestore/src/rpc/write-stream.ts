import { randomUUID } from 'node:crypto';
import { databaseName } from '../names/resource-name.ts';
import { WriteRequestSchema, WriteResponseSchema } from '../protocol/writes.gen.ts';
import { invalid } from '../invalid.ts';
import { timestampOf } from '../time/micros.ts';
import { countWrites, writeResult } from './commit.ts';
import { requests, type Method } from './method.ts';

/** A stream of commits, each answered before the next. The first request only names the database. */
export const write: Method = async ({ store }, call, answer) => {
  const streamId = randomUUID();
  let database = '';
  let answered = 0;
  for await (const request of requests(WriteRequestSchema, call)) {
    if (database === '') {
      database = databaseName(request.database);
      store.database(database);
      if (request.writes.length > 0) throw invalid('The first request of a stream cannot write.');
      await answer.send(WriteResponseSchema, { streamId, streamToken: token(answered) });
      continue;
    }
    const { at, writes } = store.commit(database, request.writes);
    countWrites(request.writes, answer);
    await answer.send(WriteResponseSchema, {
      streamToken: token(++answered),
      writeResults: writes.map(writeResult),
      commitTime: timestampOf(at),
    });
  }
};

function token(answered: number): Uint8Array {
  return new Uint8Array(Buffer.from(String(answered)));
}
