import { testSource } from '@fairlead/testkit/suites';
import { bugzilla } from './source.ts';
import { suiteOf } from './testing/suite.ts';

testSource({ source: bugzilla, ...suiteOf('products', 'components', 'bugs') });

// Bugs that have settled come once.
const ofBugs = { ...bugzilla, name: `${bugzilla.name}-bugs` };
testSource({ source: ofBugs, ...suiteOf('bugs'), repeats: false });
