import { testSource } from '@fairlead/testkit/suites';
import { fauna } from './source.ts';
import { followed, testDatabase, wrongSettings } from './testing/test-database.ts';

const wrong = [
  ...wrongSettings,
  {
    what: 'a port where no server is',
    settings: { domain: '127.0.0.1', port: 1, scheme: 'http', secret: 'secret' },
    kind: 'transient' as const,
  },
];

testSource({
  source: fauna,
  // What has no index comes as a whole each time.
  prepare: async () => ({ ...(await testDatabase()), streams: followed }),
  wrong,
  // The row at which reading goes on is not said to be new, as an index may have it twice.
  stable: (line) => line.replace(/^insert /, ''),
});

testSource({
  source: { ...fauna, name: `${fauna.name}-v10` },
  prepare: () => testDatabase({ apiVersion: '10' }),
});
