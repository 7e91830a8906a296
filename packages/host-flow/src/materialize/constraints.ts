import { Failure } from '@fairlead/sdk';
import { isNullable } from './column-schema.ts';
import type { BindingSpec, CollectionSpec, Projection } from './flow-spec.ts';

/** What a field may be used for. A field may have several. */
export interface FieldConstraint {
  readonly field: string;
  readonly constraint: { readonly type: ConstraintType; readonly reason: string };
}

type ConstraintType =
  | 'FIELD_REQUIRED'
  | 'LOCATION_REQUIRED'
  | 'FIELD_OPTIONAL'
  | 'FIELD_FORBIDDEN'
  | 'INCOMPATIBLE';

/** A binding that Flow wants to be validated. */
export interface ProposedBinding {
  readonly collection: CollectionSpec;
  /** Fields that will be the key, in order. */
  readonly groupBy: readonly string[];
  readonly deltaUpdates: boolean;
  readonly backfill: number;
  /** The binding that filled the same table before, if there was one. */
  readonly last: BindingSpec | undefined;
}

/**
 * The constraints of every projection of a binding's collection.
 * @throws {Failure} config, for a key that may be null and for a change that asks for a backfill.
 */
export function constrain(binding: ProposedBinding): FieldConstraint[] {
  const { collection, last } = binding;
  const where = `collection ${collection.name ?? ''}`;
  // A new backfill empties the table, so nothing of before binds.
  const live = last !== undefined && (last.backfill ?? 0) === binding.backfill ? last : undefined;
  if (live?.deltaUpdates === true && !binding.deltaUpdates) {
    throw new Failure('config', 'the table has documents of delta updates', {
      where,
      hint: 'Backfill the binding to change it to standard updates.',
    });
  }
  const projections = collection.projections ?? [];
  if (!binding.deltaUpdates) assertKey(projections, binding.groupBy, where);
  const firstKey = projections.find(({ field }) => field === binding.groupBy[0])?.ptr;
  const rule = { binding, live, firstKey, root: rootField(projections, live) };
  return projections.flatMap((projection) => {
    const field = projection.field ?? '';
    const found = (projection.ptr ?? '') === '' ? ofRoot(field, rule) : [ofPart(projection, rule)];
    return found.map(([type, reason]) => ({ field, constraint: { type, reason } }));
  });
}

/** The one constraint of each field that says most, for runtimes that know no lists of them. */
export function strictest(
  constraints: readonly FieldConstraint[],
): Record<string, FieldConstraint['constraint']> {
  const found = new Map<string, FieldConstraint['constraint']>();
  for (const { field, constraint } of constraints) {
    const other = found.get(field);
    if (other === undefined || order.indexOf(constraint.type) < order.indexOf(other.type)) {
      found.set(field, constraint);
    }
  }
  return Object.fromEntries(found);
}

const order: readonly ConstraintType[] = [
  'INCOMPATIBLE',
  'FIELD_FORBIDDEN',
  'FIELD_REQUIRED',
  'LOCATION_REQUIRED',
  'FIELD_OPTIONAL',
];

interface Rule {
  readonly binding: ProposedBinding;
  /** The last binding, when its rows stay. */
  readonly live: BindingSpec | undefined;
  /** Pointer of the first field of the key. */
  readonly firstKey: string | undefined;
  /** The field that has to hold the document; undefined when the one that does is gone. */
  readonly root: string | undefined;
}

type Verdict = readonly [ConstraintType, string];

function ofRoot(field: string, { binding, root }: Rule): readonly Verdict[] {
  if (binding.deltaUpdates) {
    return [['FIELD_OPTIONAL', 'The root document may be materialized for delta updates']];
  }
  if (root === field) {
    return [['FIELD_REQUIRED', 'The root document must be materialized for standard updates']];
  }
  if (root !== undefined) {
    return [['FIELD_FORBIDDEN', 'Only one field can hold the root document']];
  }
  return [
    ['LOCATION_REQUIRED', 'The root document must be materialized for standard updates'],
    ['INCOMPATIBLE', 'The table holds the root document in another field: backfill the binding'],
  ];
}

function ofPart({ field = '', ptr, inference = {} }: Projection, rule: Rule): Verdict {
  const { binding, live, firstKey } = rule;
  const types = (inference.types ?? []).filter((type) => type !== 'null');
  if (types.length === 0) return ['FIELD_FORBIDDEN', 'Cannot materialize this field'];
  const isKey = binding.groupBy.includes(field);
  const wasKey = live?.fieldSelection?.keys?.includes(field) === true;
  if (live !== undefined && !binding.deltaUpdates) {
    if (isKey && !wasKey) {
      return ['FIELD_FORBIDDEN', 'The key of the table cannot change: backfill the binding'];
    }
    if (wasKey && !isKey) {
      return ['INCOMPATIBLE', 'The field is part of the key of the table: backfill the binding'];
    }
    if (isKey) return ['FIELD_REQUIRED', 'The field is part of the key of the table'];
  }
  if (!binding.deltaUpdates && firstKey !== undefined && ptr === firstKey) {
    return ['LOCATION_REQUIRED', 'The first location of the key is required'];
  }
  if (live?.fieldSelection?.values?.includes(field) === true) {
    return ['FIELD_OPTIONAL', 'The field is in the table already'];
  }
  if (isKey) return ['FIELD_OPTIONAL', 'The field is part of the key'];
  if (types.length > 1) return ['FIELD_OPTIONAL', 'The projection has several types'];
  const isScalar = types[0] !== 'object' && types[0] !== 'array';
  return ['FIELD_OPTIONAL', `The projection has a single ${isScalar ? 'scalar' : 'nested'} type`];
}

function rootField(
  projections: readonly Projection[],
  live: BindingSpec | undefined,
): string | undefined {
  const roots = projections.filter(({ ptr }) => (ptr ?? '') === '').map(({ field }) => field ?? '');
  const held = live?.fieldSelection?.document ?? '';
  if (held === '') return roots[0];
  return roots.includes(held) ? held : undefined;
}

function assertKey(
  projections: readonly Projection[],
  groupBy: readonly string[],
  where: string,
): void {
  for (const name of groupBy) {
    const found = projections.find(({ field }) => field === name);
    if (found === undefined) {
      throw new Failure('config', `the key names the field "${name}", which there is not`, {
        where,
      });
    }
    if (isNullable(found.inference ?? {})) {
      throw new Failure('config', `the key field "${name}" may be null or missing`, {
        where,
        hint: 'Require it in the schema of the collection, give it a default, or choose another key.',
      });
    }
  }
}
