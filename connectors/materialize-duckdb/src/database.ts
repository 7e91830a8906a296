import { randomUUID } from 'node:crypto';
import { access, constants, open, realpath, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Failure, type Log } from '@fairlead/sdk';
import { asFailure, notDuckdb } from './errors.ts';
import type { Config } from './settings.ts';

/**
 * A database file that this process has open. All its users share it, for DuckDB does not notice a
 * second opening by the same process, which would destroy the file.
 */
export interface Database {
  readonly instance: DuckDBInstance;
  /** The file, as the user wrote it. */
  readonly path: string;
  readonly staging: StagingFolder;
  /** Says that the file has something worth keeping. Until then it goes when the last user leaves. */
  keep(): void;
  /** Gives the database back; the last one closes the file. */
  release(): Promise<void>;
}

TODO
