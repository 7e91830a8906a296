import { duckdb } from '@fairlead/materialize-duckdb';
import { airbyteProcess } from '../../airbyte-process.ts';
import { serveDestination } from '../../destination/serve-destination.ts';

// So often that a test has something to interrupt.
const pace = { bytes: 64 * 1024, everyMs: 20 };
await airbyteProcess((io) => serveDestination(duckdb, process.argv.slice(2), io, { pace }));
