// A capture as an executable: `node --import tsx --conditions=source main-capture.ts`.
import { checkpoint, documents, memorySource } from '@fairlead/testkit';
import { serveCapture } from '../capture/serve-capture.ts';
import { processIo } from '../process-io.ts';

const count = Number(process.env['TEST_BATCHES'] ?? 3);
const script = Array.from({ length: count }, (_, id) => [documents([{ id }]), checkpoint]).flat();
const source = memorySource({ streams: [{ name: 'users', script }], sharded: true });
using io = processIo(process.env);
const printed = process.env['TEST_PRINTS'];
// oxlint-disable-next-line no-console -- a connector's dependency may print
if (printed !== undefined) console.log(printed);
process.exitCode = await serveCapture(source, io);
