import {
  applySpec,
  buildSpec,
  type CodecName,
  type Connection,
  connectionTo,
  converseMaterialize,
  drive,
  type DriveCollection,
  type DriveOptions,
  type DriveReport,
  driveSpec,
  type MaterializationSpec,
  type MaterializeConversation,
  type RuntimeLog,
} from '@fairlead/host-flow';
import type { JsonSchema } from '@fairlead/json';
import type { CommitPattern, Json } from '@fairlead/sdk';
import { expectThat, inTime } from '../check.ts';
import { starterOf } from './flow-start.ts';
import type {
  FlowDestinationFixture,
  FlowMaterializationSuite,
} from './materialization-options.ts';
import { RunningConnectors } from './running-connectors.ts';

/** The forms of a materialization's settings, and the members in them that Flow knows. */
export interface MaterializationForms {
  readonly config: JsonSchema;
  readonly resource: JsonSchema;
  /** The member that has a table's name. */
  readonly table: string;
  /** The member that asks for delta updates, if there is one. */
  readonly delta: string | undefined;
  readonly hasHardDelete: boolean;
}

export interface TableWish {
  readonly name: string;
  readonly key?: readonly string[];
  readonly schema: JsonSchema;
  readonly deltaUpdates?: boolean;
  readonly backfill?: number;
  readonly fields?: readonly string[];
}

export interface Built {
  readonly spec: MaterializationSpec;
  readonly actions: string;
}

/** A materialization whose destination is in place. */
export interface FlowMaterializationRun extends AsyncDisposable {
  readonly suite: FlowMaterializationSuite;
  readonly codec: CodecName;
  readonly fixture: FlowDestinationFixture;
  readonly commits: CommitPattern;
  forms(): Promise<MaterializationForms>;
  connect(): Connection;
  /** A stream, at its beginning. */
  converse(): MaterializeConversation;
  /** A collection with the settings of its table. */
  collection(wish: TableWish): Promise<DriveCollection>;
  /** The settings, with deletes by going where there is such a thing. */
  config(hardDelete: boolean): Promise<Json>;
  /** Validates and applies a task. */
  build(collections: readonly DriveCollection[], log: RuntimeLog): Promise<Built>;
  drive(
    options: Pick<DriveOptions, 'collections' | 'transactions'> & Partial<DriveOptions>,
  ): Promise<DriveReport>;
  /** Settles as the promise does, or fails when it takes too long. */
  inTime<T>(promise: Promise<T>, what: string): Promise<T>;
}

/** Makes a destination for a check. */
export async function startMaterialization(
  suite: FlowMaterializationSuite,
  codec: CodecName,
): Promise<FlowMaterializationRun> {
  const fixture = await suite.prepare();
  const running = new RunningConnectors(starterOf(suite).start({}));
  let forms: Promise<MaterializationForms> | undefined;
  const within = <T>(promise: Promise<T>, what: string) => inTime(promise, what, suite.patienceMs);
  const connect = () => connectionTo(running.launch, codec);
  const run: FlowMaterializationRun = {
    suite,
    codec,
    fixture,
    commits: commitsOf(suite),
    forms: () => (forms ??= within(readForms(connect), 'the spec')),
    connect,
    converse: () => converseMaterialize(running.launch, codec),
    async collection({ name, key = ['/id'], schema, deltaUpdates = false, backfill = 0, fields }) {
      const { table, delta } = await run.forms();
      expectThat(!deltaUpdates || delta !== undefined, 'there are no delta updates');
      const wants = deltaUpdates && delta !== undefined ? { [delta]: true } : {};
      return {
        name: `acmeCo/${name}`,
        key,
        schema,
        backfill,
        resource: { ...fixture.resource, [table]: name, ...wants },
        ...(fields === undefined ? {} : { fields }),
      };
    },
    async config(hardDelete) {
      const { hasHardDelete } = await run.forms();
      return hasHardDelete ? { ...fixture.settings, hardDelete } : fixture.settings;
    },
    async build(collections, log) {
      const options = { connect, task, config: await run.config(true), collections };
      const spec = await within(buildSpec(options, log), 'validating');
      return { spec, actions: await within(applySpec(connect, spec, log), 'applying') };
    },
    async drive(options) {
      const config = options.config ?? (await run.config(true));
      const packed = codec === 'proto';
      const all = { connect, task, packed, ...options, config };
      return await within(drive(all), 'the transactions');
    },
    inTime: within,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]?.();
    },
  };
  return run;
}

/** Who knows what is committed. */
export function commitsOf(suite: FlowMaterializationSuite): CommitPattern {
  if (suite.commits !== undefined) return suite.commits;
  return 'materialization' in suite ? suite.materialization.commits : 'in-destination';
}

async function readForms(connect: () => Connection): Promise<MaterializationForms> {
  const { configSchema, resourceConfigSchema } = await driveSpec(connect);
  const named = membersWith(resourceConfigSchema, 'x-collection-name');
  const [table] = named;
  expectThat(table !== undefined && named.length === 1, 'one member has to be x-collection-name');
  const [delta] = membersWith(resourceConfigSchema, 'x-delta-updates');
  const { properties } = configSchema;
  const hasHardDelete =
    typeof properties === 'object' && properties !== null && 'hardDelete' in properties;
  return { config: configSchema, resource: resourceConfigSchema, table, delta, hasHardDelete };
}

function membersWith({ properties }: JsonSchema, keyword: string): string[] {
  return Object.entries(properties ?? {}).flatMap(([name, property]) =>
    (property as JsonSchema)[keyword] === true ? [name] : [],
  );
}

const task = 'acmeCo/test';
