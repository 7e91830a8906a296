import { testFivetranFunction, testFivetranSource } from '@fairlead/testkit/suites';
import { file } from './index.ts';
import { suite } from './testing/suite.ts';

const module = new URL('../dist/index.js', import.meta.url);

testFivetranFunction({ source: file, module, ...suite });
testFivetranSource({ source: file, module, ...suite });
