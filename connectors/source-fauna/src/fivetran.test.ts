import { testFivetranFunction, testFivetranSource } from '@fairlead/testkit/suites';
import { fauna } from './index.ts';
import { testDatabase, wrongSettings } from './testing/test-database.ts';

const module = new URL('../dist/index.js', import.meta.url);
// What has no index comes as a whole each time.
const suite = { prepare: testDatabase, wrong: wrongSettings, repeats: true };

testFivetranFunction({ source: fauna, module, ...suite });
testFivetranSource({ source: fauna, module, ...suite });

const v10 = {
  source: { ...fauna, name: `${fauna.name}-v10` },
  prepare: () => testDatabase({ apiVersion: '10' }),
};
testFivetranFunction(v10);
testFivetranSource(v10);
