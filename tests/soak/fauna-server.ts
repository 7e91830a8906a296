// The Fauna of a soak, as a process that another one has forked: told how large it is to be, it tells its port and how many
// documents it has sent, again and again, until that one ends.
import { once } from 'node:events';
import { startFakeFauna } from '@fairlead/fake-fauna';
import type { FaunaServer, FaunaServerOptions } from './fauna.ts';

process.once('disconnect', () => process.exit());
// Nobody else sends anything.
const [told] = (await once(process, 'message')) as [FaunaServerOptions];
const { documents, documentBytes, documentsPerSecond, ...shape } = told;
const fake = await startFakeFauna({
  settings: { documentsPerSecond, defaultHistoryDays: 30 },
  logLimit: 0,
});
fake.store.synthesise({ collection: 'users', count: documents, bytes: documentBytes, ...shape });
fake.store.createIndex('users_ts', { source: 'users', values: ['ts', 'ref'] });
setInterval(() => {
  const said: FaunaServer = { port: fake.port, reads: fake.counters.elements };
  process.send?.(said);
}, 100);
