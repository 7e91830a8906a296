import { aboutConnector, runConnector } from '@fairlead/executable';
import { nul } from './materialization.ts';

await runConnector(nul, aboutConnector(new URL('..', import.meta.url)));
