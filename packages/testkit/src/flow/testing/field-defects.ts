import { jsonText, jsonValue, type MaterializeResponse } from '@fairlead/host-flow';
import { asking, connecting, saying } from './changed-materialization.ts';
import type { MaterializationDefect } from './materialization-defects.ts';

/** Materializations that say something wrong of themselves or of fields, or make the wrong tables. */
export function fieldDefects(): MaterializationDefect[] {
  return [
    {
      defect: 'does not say where the name of a collection goes',
      start: saying((response) => {
        if (response.is !== 'spec') return [response];
        const form = Buffer.from(response.resourceConfigSchema ?? []).toString();
        const plain = form.replaceAll('x-collection-name', 'x-name');
        return [{ ...response, resourceConfigSchema: Buffer.from(plain) }];
      }),
      by: 'its settings make forms, in which one member takes the name of a collection',
      says: 'has to be x-collection-name',
    },
    {
      defect: 'refuses members at the root of its settings',
      start: saying((response) => {
        if (response.is !== 'spec') return [response];
        // A form is an object.
        const form = jsonValue(response.configSchema, 'form') as object;
        return [{ ...response, configSchema: jsonText({ ...form, additionalProperties: false }) }];
      }),
      by: 'its settings make forms, in which one member takes the name of a collection',
      says: 'refuse members that Flow adds',
    },
    {
      defect: 'says nothing of a field',
      start: validating((binding) => {
        const { size: _left, ...constraints } = binding.constraints;
        return { ...binding, constraints };
      }),
      by: constraints,
      says: 'size: is not in the map',
    },
    {
      defect: 'says one thing of a field in the map and another in the list',
      start: validating((binding) => ({
        ...binding,
        constraints: { ...binding.constraints, size: { ...plain, type: 'FIELD_FORBIDDEN' } },
      })),
      by: constraints,
      says: 'size: is FIELD_FORBIDDEN in the map and FIELD_OPTIONAL in the list',
    },
    {
      defect: 'leaves a constraint without a type',
      start: validating((binding) => ({
        ...binding,
        constraints: { ...binding.constraints, size: { ...plain, type: 'INVALID' } },
        projectionConstraints: [],
      })),
      by: constraints,
      says: 'size: the constraint is INVALID',
    },
    {
      defect: 'can do without the root document',
      start: validating(optional('flow_document')),
      by: needed,
      says: 'the root document is FIELD_OPTIONAL',
    },
    {
      defect: 'takes a field that has no type',
      start: validating(optional('nothing')),
      by: needed,
      says: 'constraints',
    },
    {
      defect: 'makes tables when it validates',
      start: connecting((good) => ({
        async plan(tables) {
          const plan = await good.plan(tables);
          await good.apply(plan);
          return plan;
        },
      })),
      by: 'validation says the same twice, and makes nothing',
      says: 'there is a table',
    },
    {
      defect: 'takes a key that may be null',
      start: asking((request) => {
        if (request.is !== 'validate') return [request];
        const bindings = request.bindings.map((binding) => ({ ...binding, groupBy: ['id'] }));
        return [{ ...request, bindings }];
      }),
      by: 'a key that may be null, and two bindings of one table, are refused',
      says: 'a nullable key: it was accepted',
    },
    {
      defect: 'takes two bindings of one table for one',
      start: asking((request) => {
        if (request.is !== 'validate') return [request];
        return [{ ...request, bindings: request.bindings.slice(0, 1) }];
      }),
      by: 'a key that may be null, and two bindings of one table, are refused',
      says: 'the same table twice: it did not fail',
    },
    ...[
      {
        by: 'a root document in another field than before asks for a backfill',
        says: 'whether the field is incompatible',
      },
      {
        by: 'delta updates cannot become standard updates without a backfill',
        says: 'it was accepted',
      },
    ].map(({ by, says }) => ({
      defect: `does not look at what was there: ${says}`,
      start: asking((request) => {
        if (request.is !== 'validate') return [request];
        const { lastMaterialization: _left, ...rest } = request;
        return [rest];
      }),
      by,
      says,
    })),
    {
      defect: 'tells of what it has not done',
      start: applying('made a table'),
      by: 'it is applied twice and does it once, and says what it did',
      says: 'the second time',
    },
    {
      defect: 'tells nothing of what it has done',
      start: applying(''),
      by: 'it is applied twice and does it once, and says what it did',
      says: 'nothing is said of a new table',
    },
    {
      defect: 'leaves rows in the table for a backfill',
      start: asking((request) => {
        if (request.is !== 'apply') return [request];
        const { lastMaterialization: _left, ...rest } = request;
        return [rest];
      }),
      by: 'a new backfill empties the table, and one that is not bound any more keeps its rows',
      says: 'what a backfill leaves',
    },
  ];
}

const constraints = 'every projection has a constraint, and the two forms of them agree';
const needed = 'keys and the root document have to be there, and a field without a type cannot be';

type Validated = Extract<MaterializeResponse, { is: 'validated' }>['bindings'][number];
type Constraint = Validated['constraints'][string];

const plain: Omit<Constraint, 'type'> = { reason: '', foldedField: '' };

function validating(change: (binding: Validated) => Validated): MaterializationDefect['start'] {
  return saying((response) => [
    response.is === 'validated'
      ? { ...response, bindings: response.bindings.map(change) }
      : response,
  ]);
}

function optional(field: string): (binding: Validated) => Validated {
  const constraint: Constraint = { ...plain, type: 'FIELD_OPTIONAL' };
  return (binding) => ({
    ...binding,
    constraints: { ...binding.constraints, [field]: constraint },
    projectionConstraints: binding.projectionConstraints.map((one) =>
      one.field === field ? { field, constraint } : one,
    ),
  });
}

function applying(actionDescription: string): MaterializationDefect['start'] {
  return saying((response) => [
    response.is === 'applied' ? { ...response, actionDescription } : response,
  ]);
}
