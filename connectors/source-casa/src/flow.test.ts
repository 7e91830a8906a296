import { testFlowCapture } from '@fairlead/testkit/suites';
import { casa } from './source.ts';
import { suiteOf } from './testing/suites.ts';

const options = { maxStops: 3, quietMs: 200 };

// One at a time, as a list that has come to its end is read anew when the other one goes on.
testFlowCapture({ source: casa, ...options, ...suiteOf('projects') });

const ofUsers = { ...casa, name: `${casa.name}-users` };
testFlowCapture({ source: ofUsers, codecs: ['proto'], ...options, ...suiteOf('users') });
