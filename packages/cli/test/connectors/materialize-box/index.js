import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Failure } from '@fairlead/sdk';
import { z } from 'zod';

const Config = z.object({
  path: z.string().meta({ title: 'Path', description: 'The file that you want.' }),
  closed: z.boolean().default(false).meta({ title: 'Closed', description: 'Whether it refuses.' }),
});

const Resource = z.object({
  table: z.string().meta({ title: 'Table', description: 'The name of your table.' }),
});

/** A destination that keeps its tables and its checkpoints in one JSON file. */
export const connector = {
  name: 'materialize-box',
  title: 'Box',
  config: Config,
  resource: Resource,
  commits: 'in-destination',
  address: { schemes: ['box'], parse: (address) => ({ path: address.replace(/^box:/i, '') }) },
  resourceFor: (stream) => ({ table: stream }),
  async check({ config }) {
    if (config.closed) throw new Failure('access', 'the box is locked', { hint: 'Find the key.' });
  },
  connect: async ({ config }) => new Box(config.path),
};

class Box {
  constructor(path) {
    this.path = path;
  }

  read() {
    if (!existsSync(this.path)) return { tables: {}, checkpoints: {} };
    return JSON.parse(readFileSync(this.path, 'utf8'));
  }

  async plan(tables) {
    const known = this.read().tables;
    return {
      changes: tables
        .filter(({ resource }) => known[resource.table] === undefined)
        .map(({ resource, columns }) => ({
          description: `create table ${resource.table}`,
          statement: `CREATE TABLE ${resource.table} (${columns.map(({ name }) => name).join(', ')})`,
        })),
    };
  }

  async apply() {}

  async saved({ task }) {
    return this.read().checkpoints[task] ?? null;
  }

  async open({ task, tables }) {
    return new BoxWriter(this, task, tables);
  }

  async [Symbol.asyncDispose]() {}
}

class BoxWriter {
  constructor(box, task, tables) {
    this.box = box;
    this.task = task;
    this.tables = tables;
    this.content = box.read();
    this.checkpoint = this.content.checkpoints[task] ?? null;
  }

  async alter(tables) {
    this.tables = tables;
    for (const { resource } of tables) this.content.tables[resource.table] ??= [];
    return { changes: [] };
  }

  async store(table, { bytes }) {
    const name = this.tables[table].resource.table;
    const lines = new TextDecoder().decode(bytes).trimEnd().split('\n');
    this.content.tables[name].push(...lines.map((line) => JSON.parse(line)));
  }

  async truncate(table) {
    this.content.tables[this.tables[table].resource.table] = [];
  }

  async commit(checkpoint) {
    this.content.checkpoints[this.task] = checkpoint;
    writeFileSync(this.box.path, JSON.stringify(this.content));
    return null;
  }

  async [Symbol.asyncDispose]() {}
}
