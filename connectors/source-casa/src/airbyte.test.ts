import { testAirbyteSource } from '@fairlead/testkit/suites';
import { casa } from './source.ts';
import { suiteOf } from './testing/suites.ts';

// One at a time, as a list that has come to its end is read anew when the other one goes on.
testAirbyteSource({ source: casa, ...suiteOf('projects') });
testAirbyteSource({ source: { ...casa, name: `${casa.name}-users` }, ...suiteOf('users') });
