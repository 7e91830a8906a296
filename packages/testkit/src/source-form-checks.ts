import {
  connect,
  isFailure,
  settingsSchema,
  silentLog,
  type Source,
  type StreamInfo,
} from '@fairlead/sdk';
import { parsePointer } from '@fairlead/json';
import { type Check, errorOf, expectNone, expectSame, expectThat, inTime } from './check.ts';
import { expectAllClosed } from './open-handles.ts';
import { schemaProblems } from './schema-problems.ts';
import { settingsProblems } from './settings-problems.ts';
import type { SourceFixture, SourceSuite } from './source-suite-options.ts';
import { wrongSettings } from './wrong-settings.ts';

/** What a source has to say about itself and about its settings. */
export function settingsChecks(suite: SourceSuite): Check[] {
  const { source } = suite;
  return [
    {
      name: 'it has a name and a title',
      async run() {
        expectThat(/^source(-[a-z0-9]+)+$/.test(source.name), `the name is ${source.name}`);
        expectThat(/^\S.*$/.test(source.title), 'the title is empty');
      },
    },
    {
      name: 'its settings make a form',
      async run() {
        expectNone(settingsProblems(source.config), 'the settings of the connection');
        expectNone(settingsProblems(source.resource), 'the settings of a stream');
      },
    },
    {
      name: 'its address has schemes in lower case',
      async run() {
        const schemes = source.address?.schemes ?? ['none'];
        expectThat(schemes.length > 0, 'the address has no scheme');
        for (const scheme of schemes) {
          expectThat(/^[a-z][a-z0-9+.-]*$/.test(scheme), `${scheme} is no scheme`);
        }
      },
    },
    {
      name: 'settings that work are accepted',
      run: () =>
        withFixture(suite, async ({ settings }) => {
          await expectAllClosed(() =>
            inTime(connect(source, settings).check(scope()), 'the check'),
          );
        }),
    },
    {
      name: 'settings of the wrong form fail as config, and name the place',
      run: () =>
        withFixture(suite, async ({ settings }) => {
          for (const wrong of wrongSettings(settingsSchema(source.config), settings)) {
            const error = await errorOf(() => connect(source, wrong.settings), wrong.what);
            expectFailure(error, 'config', wrong.what);
            const said = error instanceof Error ? error.message : '';
            expectThat(said.includes(wrong.mentions), `${wrong.what}: it only says ${said}`);
          }
        }),
    },
    ...(suite.wrong ?? []).map(({ what, settings, kind = 'config' }) => ({
      name: `${what} fails as ${kind}`,
      async run() {
        const error = await errorOf(
          () =>
            expectAllClosed(() => inTime(connect(source, settings).check(scope()), 'the check')),
          what,
        );
        expectFailure(error, kind, what);
      },
    })),
  ];
}

/** What a source has to say about its streams. */
export function discoveryChecks(suite: SourceSuite): Check[] {
  const { source } = suite;
  return [
    {
      name: 'discovery says the same twice, and leaves nothing open',
      run: () =>
        withFixture(suite, async ({ settings }) => {
          const connected = connect(source, settings);
          const first = await expectAllClosed(() => connected.discover(scope()));
          expectThat(first.length > 0, 'it offers no streams');
          expectSame(await connected.discover(scope()), first, 'the second discovery is different');
        }),
    },
    {
      name: 'streams have names, keys, schemas and settings that fit',
      run: () =>
        withFixture(suite, async ({ settings }) => {
          const streams = await connect(source, settings).discover(scope());
          const names = streams.map(({ name }) => name);
          expectThat(
            new Set(names).size === names.length,
            `a name is there twice: ${names.join()}`,
          );
          expectNone(streams.flatMap((stream) => infoProblems(source, stream)));
        }),
    },
  ];
}

function infoProblems(source: Source, stream: StreamInfo): string[] {
  const { name, key, schema, resource, cursor } = stream;
  const pointers = cursor === undefined ? key : [...key, cursor];
  return [
    ...(name === '' ? ['a stream has no name'] : []),
    ...schemaProblems(schema),
    ...(source.resource.safeParse(resource).success ? [] : ['its own settings do not parse']),
    ...pointers.flatMap((pointer) => pointerProblems(pointer, schema)),
  ].map((problem) => `${name}: ${problem}`);
}

/** Follows a pointer through a schema, as far as the schema names members. */
function pointerProblems(pointer: string, schema: unknown): string[] {
  if (!pointer.startsWith('/')) return [`${pointer} is no pointer to a member`];
  let place: unknown = schema;
  for (const step of parsePointer(pointer)) {
    if (!isRecord(place) || !isRecord(place['properties'])) return [];
    if (!Object.hasOwn(place['properties'], step)) return [`${pointer} is not in the schema`];
    place = place['properties'][step];
  }
  return [];
}

async function withFixture(
  suite: SourceSuite,
  body: (fixture: SourceFixture) => Promise<void>,
): Promise<void> {
  const fixture = await suite.prepare();
  try {
    await body(fixture);
  } finally {
    await fixture[Symbol.asyncDispose]?.();
  }
}

function expectFailure(error: unknown, kind: string, what: string): void {
  expectThat(
    isFailure(error) && error.kind === kind,
    `${what}: it threw no Failure of kind ${kind}, but ${String(error)}`,
  );
}

function scope() {
  return { signal: new AbortController().signal, log: silentLog };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
