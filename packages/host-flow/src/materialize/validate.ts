import {
  connectMaterialization,
  Failure,
  type Log,
  type Materialization,
  parseSettings,
} from '@fairlead/sdk';
import type {
  MaterializeRequest,
  MaterializeResponseDraft,
} from '../protocol/materialize-messages.ts';
import { jsonOf } from './answers.ts';
import { bindBinding, bindingAt, collectionOf, wantsDeltaUpdates } from './bind-spec.ts';
import { constrain, strictest } from './constraints.ts';
import { isCastToString } from './field-config.ts';
import { HostConfig, resourceForm, resourcePath } from './resource-form.ts';
import { readSyncSchedule } from './sync-schedule.ts';

type Validate = Extract<MaterializeRequest, { is: 'validate' }>;
type Validated = Extract<MaterializeResponseDraft, { is: 'validated' }>;

export interface ValidateScope {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Proves that settings and bindings work, and says which fields of each collection can be columns.
 * Changes nothing.
 * @throws {Failure} what `check` throws; config, for what a user has to change.
 */
export async function validate(
  materialization: Materialization,
  request: Validate,
  scope: ValidateScope,
): Promise<Validated> {
  const config = jsonOf(request.config);
  const connected = connectMaterialization(materialization, config);
  parseSettings(HostConfig, config, `settings of ${materialization.name}`);
  readSyncSchedule(config);
  const form = resourceForm(materialization);
  const bindings = request.bindings.map((binding) => {
    const resource = jsonOf(binding.resourceConfig);
    const path = resourcePath(form, resource);
    const where = `table ${path.join('.')}`;
    const collection = collectionOf(binding, request.linkedCollections);
    const proposed = {
      collection,
      groupBy: binding.groupBy,
      deltaUpdates: wantsDeltaUpdates(resource, where),
      backfill: binding.backfill,
      last: bindingAt(request.lastMaterialization, path),
    };
    for (const [field, settings] of Object.entries(binding.fieldConfig)) {
      isCastToString(settings, `${where}, field ${field}`);
    }
    const constraints = constrain(proposed);
    const table = bindBinding(
      connected,
      {
        ...proposed,
        resourcePath: path,
        ...(binding.resourceConfig === undefined ? {} : { resourceConfig: binding.resourceConfig }),
        fieldSelection: { keys: binding.groupBy },
      },
      false,
    );
    return { path, constraints, deltaUpdates: proposed.deltaUpdates, table };
  });
  assertOwnTables(bindings.map(({ path }) => path));
  await connected.check(scope);
  await using destination = await connected.connect(scope);
  // What is refused here would be refused when it is applied.
  await destination.plan(bindings.map(({ table }) => table.table));
  return {
    is: 'validated',
    bindings: bindings.map(({ path, constraints, deltaUpdates }) => ({
      resourcePath: path,
      deltaUpdates,
      constraints: strictest(constraints),
      projectionConstraints: constraints,
    })),
  };
}

function assertOwnTables(paths: readonly (readonly string[])[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    const name = JSON.stringify(path);
    if (seen.has(name)) {
      throw new Failure('config', 'two bindings go to one table', {
        where: `table ${path.join('.')}`,
        hint: 'Give one of them another table.',
      });
    }
    seen.add(name);
  }
}
