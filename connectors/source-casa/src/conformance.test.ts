import { testSource } from '@fairlead/testkit/suites';
import { casa } from './source.ts';
import { suiteOf } from './testing/suites.ts';

testSource({ source: casa, ...suiteOf('projects', 'users') });
