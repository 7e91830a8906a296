import { testFivetranFunction, testFivetranSource } from '@fairlead/testkit/suites';
import { firestore } from './index.ts';
import { testDatabase, wrongSettings } from './test-database.ts';

const module = new URL('../dist/index.js', import.meta.url);
const suite = { prepare: testDatabase, wrong: wrongSettings };

testFivetranFunction({ source: firestore, module, ...suite });
testFivetranSource({ source: firestore, module, ...suite });
