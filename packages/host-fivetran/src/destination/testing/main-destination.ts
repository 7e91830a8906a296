// A program as Fivetran starts it.
import { duckdb } from '@fairlead/materialize-duckdb';
import { runFivetranDestination } from '../run-destination.ts';

process.exitCode = await runFivetranDestination(duckdb, process.argv.slice(2));
