import {
  connectMaterialization,
  Failure,
  parseSettings,
  type ConnectedMaterialization,
  type Json,
  type Materialization,
} from '@fairlead/sdk';
import { jsonOf } from './answers.ts';
import { bindTable, type BoundTable } from './bind-table.ts';
import type { BindingSpec, CollectionSpec, MaterializationSpec } from './flow-spec.ts';
import { HostConfig, HostResource } from './resource-form.ts';

/** A task with its settings parsed. */
export interface BoundSpec {
  /** The name of the task. */
  readonly task: string;
  readonly connected: ConnectedMaterialization;
  /** One for each binding, in the same order. */
  readonly tables: readonly BoundTable[];
}

/**
 * The task and tables of a spec.
 * @throws {Failure} config
 */
export function bindSpec(materialization: Materialization, spec: MaterializationSpec): BoundSpec {
  const config = jsonOf(spec.config);
  const { hardDelete } = parseSettings(HostConfig, config, 'settings');
  const connected = connectMaterialization(materialization, config);
  if (spec.name === undefined || spec.name === '') {
    throw new Failure('config', 'the task has no name');
  }
  const tables = (spec.bindings ?? []).map((binding) =>
    bindBinding(
      connected,
      { ...binding, collection: collectionOf(binding, spec.linkedCollections) },
      hardDelete,
    ),
  );
  return { task: spec.name, connected, tables };
}

/** The table of one binding. */
export function bindBinding(
  connected: ConnectedMaterialization,
  binding: BindingSpec,
  hardDelete: boolean,
): BoundTable {
  const where = `table ${binding.resourcePath?.join('.') ?? ''}`;
  return bindTable(binding, {
    resource: connected.parseResource(jsonOf(binding.resourceConfig), where),
    deltaUpdates: binding.deltaUpdates === true,
    hardDelete,
  });
}

/** The collection of a binding, which may be in a list beside the bindings. */
export function collectionOf(
  binding: Pick<BindingSpec, 'collection' | 'collectionIndex'>,
  linked: readonly CollectionSpec[] = [],
): CollectionSpec {
  return binding.collection ?? linked[binding.collectionIndex ?? 0] ?? {};
}

/** Whether the user wants a row for every change. */
export function wantsDeltaUpdates(resource: Json, where: string): boolean {
  return parseSettings(HostResource, resource, where).delta_updates;
}

/** The binding, enabled or not, whose table this path names. */
export function bindingAt(
  spec: MaterializationSpec | undefined,
  path: readonly string[],
): BindingSpec | undefined {
  const bindings = [...(spec?.bindings ?? []), ...(spec?.inactiveBindings ?? [])];
  return bindings.find(({ resourcePath = [] }) => isSamePath(resourcePath, path));
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}
