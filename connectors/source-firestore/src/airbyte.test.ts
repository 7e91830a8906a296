import { fileURLToPath } from 'node:url';
import { testAirbyteSource } from '@fairlead/testkit/suites';
import { firestore } from './index.ts';
import { testDatabase, wrongSettings } from './test-database.ts';

const suite = { prepare: testDatabase, wrong: wrongSettings };

testAirbyteSource({ source: firestore, ...suite });

const command = [fileURLToPath(new URL('../bin/source-firestore.js', import.meta.url))];
testAirbyteSource({ source: { command }, maxStates: 3, ...suite });
