import { hostedCall } from './host/hosted-call.ts';

const words = process.argv.slice(2);
const hosted = hostedCall(words);

// Each loads what it needs: a platform starts a connector often, and owns its standard output.
if (hosted === undefined) await (await import('./run-verb.ts')).runVerb(words);
else await (await import('./host/run-hosted.ts')).runHosted(hosted);
