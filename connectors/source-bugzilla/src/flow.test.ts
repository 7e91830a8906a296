import { testFlowCapture } from '@fairlead/testkit/suites';
import { bugzilla } from './source.ts';
import { suiteOf } from './testing/suite.ts';

testFlowCapture({
  source: bugzilla,
  ...suiteOf('bugs'),
  repeats: false,
  maxStops: 3,
  quietMs: 200,
});
