import { testFivetranFunction, testFivetranSource } from '@fairlead/testkit/suites';
import { casa } from './source.ts';
import { suiteOf } from './testing/suites.ts';

const module = new URL('../dist/index.js', import.meta.url);
const suite = suiteOf('projects', 'users');

testFivetranFunction({ source: casa, module, ...suite });
testFivetranSource({ source: casa, module, ...suite });
