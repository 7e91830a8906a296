import { testFivetranFunction, testFivetranSource } from '@fairlead/testkit/suites';
import { bugzilla } from './source.ts';
import { suiteOf } from './testing/suite.ts';

const module = new URL('../dist/index.js', import.meta.url);
const suite = suiteOf('products', 'components', 'bugs');

testFivetranFunction({ source: bugzilla, module, ...suite });
testFivetranSource({ source: bugzilla, module, ...suite });
