import { argv, env } from 'node:process';
import { duckdb } from '@fairlead/materialize-duckdb';
import { nul } from '@fairlead/materialize-null';
import { processIo } from '../process-io.ts';
import { serveMaterialize } from './serve.ts';

// A process of a materialization for tests and benchmarks: its argument is `duckdb` or `null`.

const materialization = argv[2] === 'duckdb' ? duckdb : nul;
using io = processIo(env);
process.exitCode = await serveMaterialize(materialization, io);
