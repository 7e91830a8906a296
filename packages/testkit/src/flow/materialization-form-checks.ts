import {
  buildCollection,
  groupBy,
  jsonText,
  type MaterializationSpec,
  type MaterializeRequestDraft,
  type MaterializeResponse,
  RuntimeLog,
} from '@fairlead/host-flow';
import { expectNone, expectSame, expectThat } from '../check.ts';
import { expectRefusal } from './exchange.ts';
import { formProblems } from './form-problems.ts';
import type { MaterializationCheck } from './materialization-checks.ts';
import type { FlowMaterializationRun } from './materialization-run.ts';
import { accounts } from './workload.ts';

/** What a materialization says of its settings and of fields, and how it makes its tables. */
export function materializationFormChecks(): MaterializationCheck[] {
  return [
    {
      name: 'its settings make forms, in which one member takes the name of a collection',
      async run(run) {
        const { config, resource } = await run.forms();
        expectNone([
          ...formProblems(config).map((problem) => `settings ${problem}`),
          ...formProblems(resource).map((problem) => `a table's settings ${problem}`),
        ]);
      },
    },
    {
      name: 'every projection has a constraint, and the two forms of them agree',
      async run(run) {
        const binding = await fieldBinding(run);
        const [validated] = await validate(run, { bindings: [binding] });
        const { projections = [] } = binding.collection;
        const problems: string[] = [];
        const list = validated.projectionConstraints;
        for (const { field = '' } of projections) {
          const inMap = validated.constraints[field]?.type;
          const inList = list.filter((one) => one.field === field).map(typeOf);
          if (inMap === undefined) problems.push(`${field}: is not in the map of constraints`);
          else if (list.length > 0 && !inList.includes(inMap)) {
            problems.push(
              `${field}: is ${inMap} in the map and ${inList.join(' and ')} in the list`,
            );
          }
          const odd = [inMap ?? 'INVALID', ...inList].filter((type) => !constraintTypes.has(type));
          problems.push(...odd.map((type) => `${field}: the constraint is ${type}`));
        }
        expectNone(problems);
        expectThat(validated.resourcePath.length > 0, 'the path is empty');
      },
    },
    {
      name: 'keys and the root document have to be there, and a field without a type cannot be',
      async run(run) {
        const [validated] = await validate(run, { bindings: [await fieldBinding(run)] });
        const typeOfField = (field: string) => validated.constraints[field]?.type ?? 'none';
        const kinds = {
          key: selectable.has(typeOfField('id')),
          nothing: typeOfField('nothing'),
          scalar: selectable.has(typeOfField('name')),
        };
        expectSame(kinds, { key: true, nothing: 'FIELD_FORBIDDEN', scalar: true }, 'constraints');
        const root = typeOfField('flow_document');
        expectThat(root.endsWith('_REQUIRED'), `the root document is ${root}`);
      },
    },
    {
      name: 'validation says the same twice, and makes nothing',
      async run(run) {
        const bindings = [await fieldBinding(run)];
        const first = await validate(run, { bindings });
        expectSame(await validate(run, { bindings }), first, 'what is validated the second time');
        const table = await run.fixture.readTable?.('fields');
        expectThat(table === undefined || table === null, 'there is a table');
        expectSame(await validate(run, { bindings: [] }), [], 'a task without bindings');
      },
    },
    {
      name: 'a key that may be null, and two bindings of one table, are refused',
      async run(run) {
        const good = await fieldBinding(run);
        const nullable = { ...good, groupBy: ['name'] };
        const wrong = { 'a nullable key': [nullable], 'the same table twice': [good, good] };
        for (const [what, bindings] of Object.entries(wrong)) {
          await expectRefusal(() => validate(run, { bindings }), what);
        }
      },
    },
    {
      name: 'a root document in another field than before asks for a backfill',
      async run(run) {
        if (run.suite.keeps === false) return;
        const collections = [await run.collection({ ...accounts, name: 'fields' })];
        const { spec } = await run.build(collections, new RuntimeLog());
        const binding = await fieldBinding(run);
        const { projections = [] } = binding.collection;
        const others = projections.map((projection) =>
          projection.field === 'flow_document' ? { ...projection, field: 'whole' } : projection,
        );
        const renamed = { ...binding, collection: { ...binding.collection, projections: others } };
        const asked = { bindings: [renamed], lastMaterialization: spec };
        const [validated] = await validate(run, asked);
        const types = validated.projectionConstraints
          .filter(({ field }) => field === 'whole')
          .map(typeOf);
        expectSame(types.includes('INCOMPATIBLE'), true, 'whether the field is incompatible');
        const anew = { ...renamed, backfill: 1 };
        const [filled] = await validate(run, { ...asked, bindings: [anew] });
        expectThat(
          filled.constraints['whole']?.type !== 'INCOMPATIBLE',
          'a backfill does not make it compatible',
        );
      },
    },
    {
      name: 'delta updates cannot become standard updates without a backfill',
      async run(run) {
        const { delta } = await run.forms();
        if (delta === undefined || run.suite.keeps === false) return;
        const wish = { ...accounts, name: 'fields', deltaUpdates: true };
        const { spec } = await run.build([await run.collection(wish)], new RuntimeLog());
        const asked = { bindings: [await fieldBinding(run)], lastMaterialization: spec };
        await expectRefusal(() => validate(run, asked), 'standard updates of such a table');
      },
    },
    {
      name: 'it is applied twice and does it once, and says what it did',
      async run(run) {
        if (run.suite.keeps === false) return;
        const log = new RuntimeLog();
        const { fields: _all, ...small } = accounts;
        const first = await run.build([await run.collection({ ...small, fields: ['at'] })], log);
        expectThat(first.actions !== '', 'nothing is said of a new table');
        const again = await run.build([await run.collection({ ...small, fields: ['at'] })], log);
        expectSame(again.actions, '', 'what is done the second time');
        const wider = [await run.collection({ ...small, fields: ['at', '_meta/op'] })];
        expectThat((await run.build(wider, log)).actions !== '', 'nothing is said of a new field');
        expectSame((await run.build(wider, log)).actions, '', 'what is done the last time');
      },
    },
  ];
}

type Validate = Extract<MaterializeRequestDraft, { is: 'validate' }>;
type Validated = Extract<MaterializeResponse, { is: 'validated' }>['bindings'];

interface Asked {
  readonly bindings: NonNullable<Validate['bindings']>;
  readonly lastMaterialization?: MaterializationSpec;
}

/** What one process answers, with as many bindings as there were. */
async function validate(
  run: FlowMaterializationRun,
  { bindings, ...last }: Asked,
): Promise<readonly [Validated[number], ...Validated]> {
  const talk = run.converse();
  await using _talk = talk;
  const config = jsonText(await run.config(true));
  await talk.send({ is: 'spec', config: jsonText({}) });
  await run.inTime(talk.expect('spec'), 'the spec');
  await talk.send({ is: 'validate', name: 'acmeCo/test', config, bindings, ...last });
  const validated = await run.inTime(talk.expect('validated'), 'validating');
  await run.inTime(talk.finish(), 'the end');
  expectSame(validated.bindings.length, bindings.length, 'how many bindings are validated');
  // Whoever asks for a binding gets one, as was just seen.
  return validated.bindings as readonly [Validated[number], ...Validated];
}

/** A binding of a collection with a field of each kind. */
async function fieldBinding(run: FlowMaterializationRun) {
  const wanted = await run.collection({
    name: 'fields',
    schema: {
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'string' },
        name: { type: ['string', 'null'] },
        size: { type: 'integer' },
        price: { type: 'number' },
        paid: { type: 'boolean' },
        at: { type: 'string', format: 'date-time' },
        list: { type: 'array' },
        inner: { type: 'object', properties: { deep: { type: 'string' } } },
        several: { type: ['integer', 'string'] },
        nothing: { type: 'null' },
      },
    },
  });
  const collection = buildCollection(wanted);
  return {
    resourceConfig: jsonText(wanted.resource),
    collection,
    groupBy: groupBy(collection),
    backfill: 0,
  };
}

function typeOf({ constraint }: Validated[number]['projectionConstraints'][number]): string {
  return constraint?.type ?? 'INVALID';
}

const constraintTypes: ReadonlySet<string> = new Set([
  'FIELD_REQUIRED',
  'LOCATION_REQUIRED',
  'LOCATION_RECOMMENDED',
  'FIELD_OPTIONAL',
  'FIELD_FORBIDDEN',
  'INCOMPATIBLE',
  'UNSATISFIABLE',
]);

/** Constraints of a field that can be a column. */
const selectable: ReadonlySet<string> = new Set([
  'FIELD_REQUIRED',
  'LOCATION_REQUIRED',
  'LOCATION_RECOMMENDED',
  'FIELD_OPTIONAL',
]);
