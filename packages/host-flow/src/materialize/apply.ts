import {
  wholeRange,
  type Destination,
  type Log,
  type Materialization,
  type Table,
  type Writer,
} from '@fairlead/sdk';
import type {
  MaterializeRequest,
  MaterializeResponseDraft,
} from '../protocol/materialize-messages.ts';
import { jsonOf, statePatch } from './answers.ts';
import type { BoundTable } from './bind-table.ts';
import { bindingAt, bindSpec, type BoundSpec } from './bind-spec.ts';
import { encodeCheckpoint, fromZero } from './checkpoint-text.ts';
import { appliedPatch, readPending, type Pending } from './pending.ts';

type Apply = Extract<MaterializeRequest, { is: 'apply' }>;
type Applied = Extract<MaterializeResponseDraft, { is: 'applied' }>;

/**
 * Makes the tables of a task what they must be: new ones and new columns; those of a new backfill are
 * emptied; nothing is ever dropped. Doing it twice does it once.
 *
 * What is staged for tables that change is applied first. Then only the state of that is answered,
 * and the runtime asks again.
 */
export async function apply(
  materialization: Materialization,
  request: Apply,
  scope: { readonly log: Log; readonly signal: AbortSignal },
): Promise<Applied> {
  const spec = bindSpec(materialization, request.materialization ?? {});
  const emptied = emptiedTables(spec, request);
  await using destination = await spec.connected.connect(scope);
  const plan = await destination.plan(spec.tables.map(({ table }) => table));
  const pending = materialization.commits === 'staged' ? readPending(jsonOf(request.state)) : [];
  if (pending.length > 0 && (plan.changes.length > 0 || emptied.length > 0)) {
    await drain(destination, spec, pending);
    return { is: 'applied', state: statePatch(appliedPatch(pending)) };
  }
  await destination.apply(plan);
  if (emptied.length > 0) await empty(destination, spec, emptied);
  const statements = plan.changes.map(({ statement }) => statement);
  const truncations = emptied.map(({ name }) => `truncate ${name}, for its backfill`);
  return { is: 'applied', actionDescription: [...statements, ...truncations].join('\n') };
}

/** The tables that are filled anew, and had rows of this task before. */
function emptiedTables({ tables }: BoundSpec, request: Apply): readonly BoundTable[] {
  const bindings = request.materialization?.bindings ?? [];
  return tables.filter((_, index) => {
    const { resourcePath = [], backfill = 0 } = bindings[index] ?? {};
    const last = bindingAt(request.lastMaterialization, resourcePath);
    return last !== undefined && (last.backfill ?? 0) !== backfill;
  });
}

async function drain(
  destination: Destination,
  { task, tables }: BoundSpec,
  pending: readonly Pending[],
): Promise<void> {
  await using writer = await open(destination, task, tables, pending);
  for (const { staged } of pending) await writer.acknowledge?.(staged);
}

async function empty(
  destination: Destination,
  { task, tables }: BoundSpec,
  emptied: readonly BoundTable[],
): Promise<void> {
  await using writer = await open(destination, task, tables, []);
  await writer.alter(tablesOf(tables));
  for (const [index, bound] of tables.entries()) {
    if (emptied.includes(bound)) await writer.truncate(index);
  }
  const state = await writer.commit(writer.checkpoint ?? encodeCheckpoint(fromZero));
  if (state !== null) await writer.acknowledge?.(state);
}

async function open(
  destination: Destination,
  task: string,
  tables: readonly BoundTable[],
  [pending]: readonly Pending[],
): Promise<Writer> {
  return await destination.open({
    task,
    range: wholeRange,
    tables: tablesOf(tables),
    ...(pending === undefined ? {} : { state: pending.staged }),
  });
}

function tablesOf(tables: readonly BoundTable[]): readonly Table[] {
  return tables.map(({ table }) => table);
}
