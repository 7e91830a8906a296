import { rmSync } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
// Not the package itself: to know what that exports, Node reads all of its files once more.
import { DuckDBInstance } from '@duckdb/node-api/lib/DuckDBInstance.js';
import { Failure } from '@fairlead/sdk';
import { singleQuoted as literal } from '@fairlead/sql-materialize';
import { asFailure, notDuckdb } from './errors.ts';
import { threadsOf, type Config } from './settings.ts';
import { StagingFolder } from './staging.ts';

/**
 * A database file that this process has open. All its users share it, for DuckDB does not notice a
 * second opening by the same process, which would destroy the file.
 */
export interface Database extends AsyncDisposable {
  readonly instance: DuckDBInstance;
  /** The file, as the user wrote it. */
  readonly path: string;
  readonly staging: StagingFolder;
  /**
   * Says that the file holds something worth keeping. A file that was created for a run and never
   * kept goes when its last user leaves.
   */
  keep(): void;
  /** The same database for another user, who disposes it too. */
  share(): Database;
}

/**
 * The database of these settings, opened or shared. The one who opens it first decides about memory
 * and threads.
 * @throws {Failure} config, access; transient while another process has it open.
 */
export async function openDatabase(config: Config): Promise<Database> {
  const { path } = config;
  const file = await locate(path);
  const shared = openFiles.get(file) ?? beginOpening(file, config);
  shared.users++;
  try {
    return use(file, path, shared, await shared.instance);
  } catch (error) {
    if (openFiles.get(file) === shared) openFiles.delete(file);
    throw error;
  }
}

function use(file: string, path: string, shared: SharedFile, instance: DuckDBInstance): Database {
  let isOpen = true;
  return {
    instance,
    path,
    staging: shared.staging,
    keep: () => void (shared.kept = true),
    share() {
      shared.users++;
      return use(file, path, shared, instance);
    },
    async [Symbol.asyncDispose]() {
      if (isOpen) leave(file, shared, instance);
      isOpen = false;
    },
  };
}

interface SharedFile {
  users: number;
  kept: boolean;
  readonly instance: Promise<DuckDBInstance>;
  readonly staging: StagingFolder;
}

/** By real path. */
const openFiles = new Map<string, SharedFile>();

function beginOpening(file: string, config: Config): SharedFile {
  const folder = config.advanced.stagingDirectory ?? `${file}.staging`;
  const staging = new StagingFolder(resolve(folder), file);
  const shared: SharedFile = {
    users: 0,
    kept: false,
    staging,
    instance: openFile(file, config, staging).then(({ instance, created }) => {
      shared.kept ||= !created;
      return instance;
    }),
  };
  openFiles.set(file, shared);
  return shared;
}

/** All of it at once, so that nobody can open the file meanwhile. */
function leave(file: string, shared: SharedFile, instance: DuckDBInstance): void {
  shared.users--;
  if (shared.users > 0) return;
  openFiles.delete(file);
  instance.closeSync();
  shared.staging.remove();
  if (!shared.kept) removeFile(file);
}

/** The real path of a file that may not exist yet. */
async function locate(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const folder = await realpath(dirname(absolute)).catch(() => undefined);
    if (folder !== undefined) return join(folder, basename(absolute));
    throw new Failure('config', `the folder ${dirname(absolute)} does not exist`, {
      where: path,
      hint: 'Create it, or choose another path.',
    });
  }
}

async function openFile(
  file: string,
  config: Config,
  staging: StagingFolder,
): Promise<{ instance: DuckDBInstance; created: boolean }> {
  const place = { path: config.path };
  const created = !(await isDatabase(file, config.path));
  try {
    staging.create();
    const instance = await DuckDBInstance.create(':memory:', optionsOf(config, staging));
    await attach(instance, file, config.advanced, created);
    // Whoever staged these is gone, for the file is ours now.
    staging.sweep();
    return { instance, created };
  } catch (error) {
    if (created) removeFile(file);
    staging.removeIfEmpty();
    throw asFailure(error, place);
  }
}

/** What the database is called in SQL, whatever its file is called: no schema of a user should have that name. */
export const databaseName = '__fairlead';

/** Opens the file as a database of the instance; a new one has the format of the settings. */
async function attach(
  instance: DuckDBInstance,
  file: string,
  { storageVersion, rowGroupSize }: Config['advanced'],
  created: boolean,
): Promise<void> {
  const options = [`ROW_GROUP_SIZE ${rowGroupSize}`];
  if (created) options.push(`STORAGE_VERSION ${literal(storageVersion)}`);
  const connection = await instance.connect();
  try {
    // A segment is read a row group at a time. Otherwise the header of each page is read byte by byte, with a system
    // call for each: 4,900 for a segment, a tenth of a load. It is no option of an instance.
    await connection.run('SET GLOBAL prefetch_all_parquet_files = true');
    await connection.run(`ATTACH ${literal(file)} AS ${databaseName} (${options.join(', ')})`);
  } catch (error) {
    connection.closeSync();
    instance.closeSync();
    throw error;
  }
  connection.closeSync();
}

function optionsOf(config: Config, staging: StagingFolder): Record<string, string> {
  return {
    memory_limit: `${Math.floor(config.advanced.memoryLimit / 1024)}KiB`,
    threads: String(threadsOf(config)),
    temp_directory: staging.spill,
    // Order is of no use in a table, and keeping it takes memory.
    preserve_insertion_order: 'false',
    // Memory goes back to the system after each segment; otherwise the process grows for as long as
    // it runs, by the holes between what is used.
    allocator_flush_threshold: '4MiB',
    allocator_bulk_deallocation_flush_threshold: '4MiB',
    // What small transactions have committed stays in memory until so much is in the log.
    checkpoint_threshold: '8MiB',
    // Row groups are joined only where rows were deleted: it makes DuckDB load what it knows of every column of
    // every row group, 6 KiB each, and keep that. `Limits` allows it then.
    max_vacuum_tasks: '0',
    // A segment is read once.
    enable_external_file_cache: 'false',
    // Nothing is fetched from the network.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  };
}

/**
 * False when there is no such file. To be asked only before this process has the file open: closing
 * any handle of it gives up its locks.
 * @throws {Failure} config, access
 */
async function isDatabase(file: string, path: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'r+');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(12), 0, 12, 0);
    // https://duckdb.org/docs/stable/internals/storage, "Storage Header": a checksum, then "DUCK".
    if (bytesRead < 12 || buffer.toString('latin1', 8, 12) !== 'DUCK') throw notDuckdb({ path });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw asFailure(error, { path });
  }
}

function removeFile(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}.wal`, { force: true });
}
