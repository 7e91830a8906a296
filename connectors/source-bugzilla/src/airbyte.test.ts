import { testAirbyteSource } from '@fairlead/testkit/suites';
import { bugzilla } from './source.ts';
import { suiteOf } from './testing/suite.ts';

testAirbyteSource({ source: bugzilla, ...suiteOf('bugs'), repeats: false });
