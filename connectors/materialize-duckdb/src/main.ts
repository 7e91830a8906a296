import { aboutConnector, runConnector } from '@fairlead/executable';
import { duckdb } from './materialization.ts';

await runConnector(duckdb, aboutConnector(new URL('..', import.meta.url)));
