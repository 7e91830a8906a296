// One measured job in a process of its own: `job.mjs NAME ARGUMENTS…`. Each prints one line: what it
// did, so that the caller can compare contents.
import { spawn } from 'node:child_process';
import { closeSync, createReadStream, openSync, readdirSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { DuckDBInstance } from '@duckdb/node-api';

/** What fits into the 8 MiB of a segment. */
const rowsOfSegment = 40_000;

const jobs = {
  /** The limit: DuckDB reads the file by itself. */
  async duckdbFile(format = '', file = '', database = '', threads = '') {
    return await withDuckdb(database, async (connection) => {
      if (threads !== '') await connection.run(`set threads = ${threads}`);
      const reader = format === 'csv' ? `read_csv('${file}')` : `read_json('${file}')`;
      await connection.run(`create table lineitem as select * from ${reader}`);
      await connection.run('checkpoint');
      return 'done';
    });
  },
  /** Parquet files of the rows of a table, as many rows each as a segment has. */
  async writeParquet(database = '', folder = '') {
    return await withDuckdb(database, async (connection) => {
      const counted = await connection.runAndReadAll('select count(*) from lineitem');
      const rows = Number(counted.getRows()[0]?.[0]);
      for (let first = 0; first < rows; first += rowsOfSegment) {
        const file = `${folder}/${String(first).padStart(12, '0')}.parquet`;
        await connection.run(
          `copy (select * from lineitem limit ${rowsOfSegment} offset ${first}) to '${file}' (format parquet, compression uncompressed)`,
        );
      }
      return String(rows);
    });
  },
  /** What is left of a load when rows cost nothing until they are Parquet: one thread, one transaction. */
  async loadParquet(folder = '', database = '') {
    return await withDuckdb(database, async (connection) => {
      const files = readdirSync(folder).toSorted();
      await connection.run('set threads = 1');
      await connection.run('set prefetch_all_parquet_files = true');
      await connection.run(
        `create table lineitem as select * from read_parquet('${folder}/${files[0]}') limit 0`,
      );
      await connection.run('begin');
      for (const file of files) {
        await connection.run(
          `insert into lineitem select * from read_parquet('${folder}/${file}')`,
        );
      }
      await connection.run('commit');
      await connection.run('checkpoint');
      return 'done';
    });
  },
  /**
   * What DuckDB takes by itself while a table grows: the rows of the first `files` segments, so many times, each time in a
   * transaction, with one thread and the memory that materialize-duckdb gives it.
   */
  async appendParquet(folder = '', database = '', files = '', times = '1') {
    return await withDuckdb(database, async (connection) => {
      const segments = readdirSync(folder).toSorted();
      const taken = segments.slice(0, Math.ceil(segments.length * Number(files)));
      await connection.run('set threads = 1');
      await connection.run('set prefetch_all_parquet_files = true');
      await connection.run("set memory_limit = '48MiB'");
      await connection.run('set preserve_insertion_order = false');
      await connection.run(
        `create table lineitem as select * from read_parquet('${folder}/${segments[0]}') limit 0`,
      );
      for (let time = 0; time < Number(times); time++) {
        await connection.run('begin');
        for (const file of taken) {
          // As there: setting the limit gives memory back to the system.
          await connection.run("set memory_limit = '48MiB'");
          await connection.run(
            `insert into lineitem select * from read_parquet('${folder}/${file}')`,
          );
        }
        await connection.run('commit');
      }
      return 'done';
    });
  },
  /** The naive way: a line, an object, a row of the appender. */
  async naive(format = '', file = '', database = '') {
    return await withDuckdb(database, async (connection) => {
      const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
      let names;
      let appender;
      let rows = 0;
      for await (const line of lines) {
        let row;
        if (format === 'csv') {
          const cells = line.split(',');
          if (names === undefined) {
            names = cells;
            continue;
          }
          row = Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null]));
        } else row = JSON.parse(line);
        names ??= Object.keys(row);
        if (appender === undefined) {
          const columns = names.map((name) => `"${name}" varchar`).join(', ');
          await connection.run(`create table lineitem (${columns})`);
          appender = await connection.createAppender('lineitem');
        }
        for (const name of names) {
          const value = row[name];
          if (value === null || value === undefined) appender.appendNull();
          else appender.appendVarchar(String(value));
        }
        appender.endRow();
        rows++;
      }
      appender?.closeSync();
      await connection.run('checkpoint');
      return String(rows);
    });
  },
  /** Works for two seconds on memory of its own. @returns how often it got through. */
  async work() {
    const text = JSON.stringify(
      Array.from({ length: 1000 }, (_, id) => ({ id, name: `name ${id}` })),
    );
    const until = performance.now() + 2000;
    let turns = 0;
    for (; performance.now() < until; turns++) JSON.parse(text);
    return String(turns);
  },
  /** Reads the file and does nothing with it. */
  async readOnly(file = '') {
    const descriptor = openSync(file, 'r');
    const buffer = Buffer.allocUnsafeSlow(1 << 20);
    let bytes = 0;
    for (;;) {
      const count = readSync(descriptor, buffer);
      if (count === 0) break;
      bytes += count;
    }
    closeSync(descriptor);
    return String(bytes);
  },
  /** The limit of a null destination: the file's bytes into a pipe that nobody looks at. */
  async readToPipe(file = '') {
    const sink = spawn('cat', [], { stdio: ['pipe', 'ignore', 'inherit'] });
    const descriptor = openSync(file, 'r');
    let bytes = 0;
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(1 << 20);
      const count = readSync(descriptor, buffer);
      if (count === 0) break;
      bytes += count;
      if (!sink.stdin.write(buffer.subarray(0, count))) await once(sink.stdin, 'drain');
    }
    closeSync(descriptor);
    sink.stdin.end();
    await once(sink, 'exit');
    return String(bytes);
  },
  /** The naive way to look at every document. */
  async parseLines(file = '') {
    let rows = 0;
    let bytes = 0;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      bytes += JSON.stringify(JSON.parse(line)).length;
      rows++;
    }
    return `${rows} ${bytes}`;
  },
  /** What is in a table, as one number for each column: order does not matter, everything else does. */
  async checksum(database = '', table = '') {
    return await withDuckdb(database, async (connection) => {
      const columns = await connection.runAndReadAll(
        `select column_name, data_type from information_schema.columns where table_name = '${table}' and not starts_with(column_name, '_') order by column_name`,
      );
      const sums = columns.getRows().map(([name, type]) => {
        const column = `"${String(name)}"`;
        const value =
          type === 'DOUBLE' || String(type).startsWith('DECIMAL')
            ? `${column}::double::varchar`
            : `${column}::varchar`;
        return `bit_xor(hash(${value})) || ' ' || count(${column})`;
      });
      const result = await connection.runAndReadAll(
        `select count(*), ${sums.join(', ')} from "${table}"`,
      );
      return JSON.stringify(result.getRowsJson()[0]);
    });
  },
};

/** Runs `work` on a connection that is closed afterwards. */
async function withDuckdb(database, work) {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const [name = '', ...args] = process.argv.slice(2);
const job = jobs[name];
if (job === undefined) throw new Error(`no job ${name}`);
console.log(await job(...args));
