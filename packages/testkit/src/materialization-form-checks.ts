import { isFailure, parseSettings, settingsSchema, silentLog } from '@fairlead/sdk';
import { type Check, errorOf, expectNone, expectThat, inTime } from './check.ts';
import type { MaterializationSuite } from './materialization-suite-options.ts';
import { expectAllClosed } from './open-handles.ts';
import { settingsProblems } from './settings-problems.ts';
import { wrongSettings } from './wrong-settings.ts';

/** What a materialization has to say about itself and about its settings. */
export function materializationFormChecks(suite: MaterializationSuite): Check[] {
  const { materialization } = suite;
  return [
    {
      name: 'it has a name and a title',
      async run() {
        const { name, title } = materialization;
        expectThat(/^materialize(-[a-z0-9]+)+$/.test(name), `the name is ${name}`);
        expectThat(/^\S.*$/.test(title), 'the title is empty');
      },
    },
    {
      name: 'its settings make a form',
      async run() {
        expectNone(settingsProblems(materialization.config), 'the settings of the connection');
        expectNone(settingsProblems(materialization.resource), 'the settings of a table');
      },
    },
    {
      name: 'its address has schemes in lower case',
      async run() {
        const schemes = materialization.address?.schemes ?? ['none'];
        expectThat(schemes.length > 0, 'the address has no scheme');
        for (const scheme of schemes) {
          expectThat(/^[a-z][a-z0-9+.-]*$/.test(scheme), `${scheme} is no scheme`);
        }
      },
    },
    {
      name: 'a stream of any name has settings of a table',
      async run() {
        for (const stream of streamNames) {
          parseSettings(materialization.resource, materialization.resourceFor(stream), stream);
        }
      },
    },
    {
      name: 'settings that work are accepted, and nothing stays open',
      run: () =>
        withSettings(suite, async (settings) => {
          await expectAllClosed(() => check(suite, settings));
        }),
    },
    {
      name: 'settings of the wrong form fail as config, and name the place',
      run: () =>
        withSettings(suite, async (settings) => {
          const { config } = materialization;
          for (const wrong of wrongSettings(settingsSchema(config), settings)) {
            const error = await errorOf(() => parseSettings(config, wrong.settings), wrong.what);
            const said = error instanceof Error ? error.message : '';
            expectThat(said.includes(wrong.mentions), `${wrong.what}: it only says ${said}`);
          }
        }),
    },
    ...(suite.wrong ?? []).map(({ what, settings, kind = 'config' }) => ({
      name: `${what} fails as ${kind}`,
      async run() {
        const error = await errorOf(() => expectAllClosed(() => check(suite, settings)), what);
        expectThat(
          isFailure(error) && error.kind === kind,
          `${what}: it threw no Failure of kind ${kind}, but ${String(error)}`,
        );
      },
    })),
  ];
}

/** Names as sources have them, and some that none should have. */
export const streamNames: readonly string[] = [
  'orders',
  'public.orders',
  'a/b/c.csv',
  'Großbestellungen',
  '注文',
  '🚢',
  'with "quotes" and \'more\'',
  'a; drop table b --',
  '%s %d',
  '0',
  '2024',
  'select',
  ' ',
  '..',
  'x'.repeat(300),
];

async function check({ materialization }: MaterializationSuite, settings: unknown): Promise<void> {
  const config = parseSettings(materialization.config, settings);
  const signal = new AbortController().signal;
  await inTime(materialization.check({ config, signal, log: silentLog }), 'the check');
}

async function withSettings(
  suite: MaterializationSuite,
  body: (settings: unknown) => Promise<void>,
): Promise<void> {
  const fixture = await suite.prepare();
  try {
    await body(fixture.settings);
  } finally {
    await fixture[Symbol.asyncDispose]?.();
  }
}
