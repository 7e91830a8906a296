import { aboutConnector, runConnector } from '@fairlead/executable';
import { fauna } from './source.ts';

await runConnector(fauna, aboutConnector(new URL('..', import.meta.url)));
