import { aboutConnector, runConnector } from '@fairlead/executable';
import { file } from './source.ts';

await runConnector(file, aboutConnector(new URL('..', import.meta.url)));
