import { fileURLToPath } from 'node:url';
import { testAirbyteDestination } from '@fairlead/testkit/suites';
import { nul } from './index.ts';

const suite = { keeps: false, prepare: async () => ({ settings: {} }) };

testAirbyteDestination({ destination: nul, ...suite });

const command = [fileURLToPath(new URL('../bin/materialize-null.js', import.meta.url))];
testAirbyteDestination({ destination: { command }, ...suite });
