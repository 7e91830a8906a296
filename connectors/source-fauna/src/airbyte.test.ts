import { fileURLToPath } from 'node:url';
import { testAirbyteSource } from '@fairlead/testkit/suites';
import { fauna } from './index.ts';
import { futureState, testDatabase, wrongSettings } from './testing/test-database.ts';

const suite = {
  prepare: async () => ({ ...(await testDatabase()), futureState }),
  wrong: wrongSettings,
};

testAirbyteSource({ source: fauna, ...suite });

testAirbyteSource({
  source: { ...fauna, name: `${fauna.name}-v10` },
  prepare: () => testDatabase({ apiVersion: '10' }),
});

const command = [fileURLToPath(new URL('../bin/source-fauna.js', import.meta.url))];
testAirbyteSource({ source: { command }, maxStates: 3, ...suite });
