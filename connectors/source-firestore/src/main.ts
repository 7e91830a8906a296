import { aboutConnector, runConnector } from '@fairlead/executable';
import { firestore } from './source.ts';

await runConnector(firestore, aboutConnector(new URL('..', import.meta.url)));
