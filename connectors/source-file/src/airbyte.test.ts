import { fileURLToPath } from 'node:url';
import { testAirbyteSource } from '@fairlead/testkit/suites';
import { file } from './index.ts';
import { suite } from './testing/suite.ts';

testAirbyteSource({ source: file, ...suite });

const command = [fileURLToPath(new URL('../bin/source-file.js', import.meta.url))];
testAirbyteSource({ source: { command }, maxStates: 3, ...suite });
