import { ListenSession } from '../listen/session.ts';
import { databaseName } from '../names/resource-name.ts';
import { ListenRequestSchema } from '../protocol/listen.gen.ts';
import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import { requests, type Method } from './method.ts';

/** Streams of changes. Billed as one read for every document that is sent. */
export const listen: Method = async ({ store, settings, listeners }, call, answer) => {
  if (!settings.realtimeUpdates) {
    throw new GrpcError(
      Status.FAILED_PRECONDITION,
      'Real-time updates are disabled for this database.',
    );
  }
  const incoming = requests(ListenRequestSchema, call);
  const { value: first } = await incoming.next();
  if (first === undefined) return;
  const name = databaseName(first.database);
  const database = store.database(name);
  const options = { store, database, settings, listeners, answer };
  const session = new ListenSession(options);
  const forget = listeners.add(session);
  session.request(first);

  const reading = (async () => {
    for await (const request of incoming) {
      if (request.database !== '' && request.database !== name) {
        throw invalid('All requests of a stream are about one database.');
      }
      session.request(request);
    }
    session.close();
  })();
  try {
    await Promise.race([session.run(), reading.then(() => new Promise<never>(() => {}))]);
  } finally {
    session.stop();
    forget();
  }
};
