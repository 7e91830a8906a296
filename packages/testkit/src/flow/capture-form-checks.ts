import {
  callOnce,
  captureSpec,
  type DiscoveredBinding,
  discoverCapture,
  jsonText,
  jsonValue,
  readUpdate,
} from '@fairlead/host-flow';
import { decodeValue, type JsonSchema, parsePointer } from '@fairlead/json';
import type { Json } from '@fairlead/sdk';
import { expectNone, expectSame, expectThat } from '../check.ts';
import { schemaProblems } from '../schema-problems.ts';
import type { CaptureCheck } from './capture-checks.ts';
import { expectRefusal } from './exchange.ts';
import { type FlowCaptureRun, validateRequest } from './capture-run.ts';
import { formProblems } from './form-problems.ts';
import { keyProblems, reduceProblems } from './collection-problems.ts';

/** What a capture says of itself, of what it offers, and of what it is asked to read. */
export function captureFormChecks(): CaptureCheck[] {
  return [
    {
      name: 'its settings make forms, and pointers say what identifies a binding',
      async run({ connector }) {
        const { configSchema, resourceConfigSchema, resourcePathPointers } =
          await captureSpec(connector);
        const resource = schemaOf(resourceConfigSchema);
        expectNone([
          ...formProblems(schemaOf(configSchema)).map((problem) => `settings ${problem}`),
          ...formProblems(resource).map((problem) => `a binding's settings ${problem}`),
          ...resourcePathPointers.filter((pointer) => !isIn(resource, pointer)),
        ]);
      },
    },
    {
      name: 'it discovers the same twice, under names and settings of their own',
      async run({ connector, fixture }) {
        const first = await discoverCapture(connector, fixture.settings);
        const second = await discoverCapture(connector, fixture.settings);
        expectSame(told(second), told(first), 'what is discovered the second time');
        const names = first.map(({ recommendedName }) => recommendedName);
        expectThat(!names.includes(''), 'a binding has no name');
        expectSame(new Set(names).size, names.length, 'how many names there are');
        const paths = first.map(({ resourceConfig }) => String(Buffer.from(resourceConfig ?? [])));
        expectSame(new Set(paths).size, paths.length, 'how many settings there are');
      },
    },
    {
      name: 'discovered schemas are valid, have their key, and say how documents are reduced',
      async run(run) {
        expectNone(
          (await run.offered()).flatMap(({ recommendedName, documentSchema, key }) => {
            const schema = schemaOf(documentSchema);
            const problems = [
              ...schemaProblems(schema),
              ...reduceProblems(schema),
              ...keyProblems(schema, key),
            ];
            return problems.map((problem) => `${recommendedName}: ${problem}`);
          }),
        );
      },
    },
    {
      name: 'validation gives each binding a path of its own, which is what the pointers say',
      async run(run) {
        const { resourcePathPointers } = await captureSpec(run.connector);
        const offered = await run.offered();
        const { bindings = [] } = await run.task();
        const paths = bindings.map(({ resourcePath = [] }) => resourcePath);
        const expected = offered.map((found) =>
          resourcePathPointers.map((pointer) => valueAt(found, pointer)),
        );
        expectSame(paths, expected, 'the paths');
        expectThat(!paths.some((path) => path.length === 0), 'a path is empty');
        const { bindings: none } = await callOnce(
          run.connector,
          'validated',
          validateRequest(run.fixture, []),
        );
        expectSame(none, [], 'the bindings of a task without any');
      },
    },
    {
      name: 'validation refuses two bindings of one resource',
      async run(run) {
        const [first] = await run.offered();
        expectThat(first !== undefined, 'nothing is offered');
        const request = validateRequest(run.fixture, [first, first]);
        await expectRefusal(
          () => callOnce(run.connector, 'validated', request),
          'the same path twice',
        );
      },
    },
    {
      name: 'it is applied again and again without a change',
      async run(run) {
        const capture = await run.task();
        const state = await applied(run, { capture, state: {} });
        const again = { capture, lastCapture: capture, lastVersion: '1' };
        expectSame(
          await applied(run, { ...again, state }),
          state,
          'the state after the second time',
        );
        const fewer = { ...capture, bindings: [], inactiveBindings: capture.bindings ?? [] };
        await applied(run, { capture: fewer, lastCapture: capture, state });
      },
    },
  ];
}

type ApplyDraft = Omit<Extract<Parameters<typeof callOnce>[2], { is: 'apply' }>, 'is' | 'state'>;

/** Applies as the runtime does, until the state stays as it is. */
async function applied(
  { connector }: FlowCaptureRun,
  { state, ...draft }: ApplyDraft & { readonly state: Json },
): Promise<Json> {
  let now = state;
  for (let round = 0; round < mostApplies; round++) {
    const request = { is: 'apply', version: '1', ...draft, state: jsonText(now) } as const;
    const answer = await callOnce(connector, 'applied', request);
    if (answer.state?.updated === undefined) return now;
    const { updated, mergePatch } = readUpdate(answer.state);
    expectThat(mergePatch, 'the state is replaced rather than patched');
    now = { ...(now as object), ...(updated as object) };
  }
  throw new Error(`the state still changes after ${mostApplies} applies`);
}

const mostApplies = 3;

function schemaOf(text: Uint8Array | undefined): JsonSchema {
  const schema = jsonValue(text, 'a schema');
  expectThat(typeof schema === 'object' && schema !== null, 'a schema is no object');
  // An object is as much of a schema as can be known before it is looked at.
  return schema as JsonSchema;
}

function told(offered: readonly DiscoveredBinding[]): unknown[] {
  return offered.map(({ resourceConfig, documentSchema, ...rest }) => ({
    ...rest,
    resourceConfig: jsonValue(resourceConfig, 'settings'),
    documentSchema: jsonValue(documentSchema, 'a schema'),
  }));
}

function valueAt({ resourceConfig }: DiscoveredBinding, pointer: string): unknown {
  let place: unknown = decodeValue(resourceConfig ?? Buffer.from('{}'));
  for (const step of parsePointer(pointer)) {
    if (typeof place !== 'object' || place === null) return undefined;
    // Members of an object that was read from JSON.
    place = (place as Readonly<Record<string, unknown>>)[step];
  }
  return place;
}

function isIn(schema: JsonSchema, pointer: string): boolean {
  let place: unknown = schema;
  for (const step of parsePointer(pointer)) {
    const properties = (place as { properties?: Readonly<Record<string, unknown>> }).properties;
    place = properties?.[step];
    if (typeof place !== 'object' || place === null) return false;
  }
  return true;
}
