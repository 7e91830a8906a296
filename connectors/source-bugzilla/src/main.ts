import { aboutConnector, runConnector } from '@fairlead/executable';
import { bugzilla } from './source.ts';

await runConnector(bugzilla, aboutConnector(new URL('..', import.meta.url)));
