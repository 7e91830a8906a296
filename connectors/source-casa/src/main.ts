import { aboutConnector, runConnector } from '@fairlead/executable';
import { casa } from './source.ts';

await runConnector(casa, aboutConnector(new URL('..', import.meta.url)));
