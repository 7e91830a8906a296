import { aboutConnector, runConnector } from '@fairlead/executable';
import { __variable__ } from './source.ts';

await runConnector(__variable__, aboutConnector(new URL('..', import.meta.url)));
