import { argv, env } from 'node:process';
import { nul } from '@fairlead/materialize-null';
import { processIo } from '../process-io.ts';
import { serveMaterialize } from './serve.ts';

// A process of a materialization for tests and benchmarks: its argument is `duckdb` or `null`.

// A database takes long to load, so only who asks for it waits for it.
const { duckdb } = argv[2] === 'duckdb' ? await import('@fairlead/materialize-duckdb') : {};
using io = processIo(env);
process.exitCode = await serveMaterialize(duckdb ?? nul, io);
