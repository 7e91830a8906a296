import { expectNone, expectThat, type Check } from '../check.ts';
import { wrongSettings } from '../wrong-settings.ts';
import { formProblems, secretProblems } from './form-problems.ts';
import { isObject, misfitOf, propertiesOf, type JsonObject } from './json-schema.ts';
import { runProgram, type AirbyteProgram } from './program.ts';
import { describeEnd, errorsIn, messagesOf, type Transcript } from './transcript.ts';

/** What a suite has to know of a connector to look at its settings. */
export interface FormSuite {
  prepare(): Promise<Partial<AsyncDisposable> & { readonly settings: unknown }>;
  readonly wrong?: readonly { readonly what: string; readonly settings: unknown }[];
}

/** What `spec` and `check` have to say. */
export function formChecks(program: AirbyteProgram, suite: FormSuite): Check[] {
  const check = (settings: unknown) => {
    const config = JSON.stringify(settings);
    return runProgram(program, { words: ['check'], files: { config } });
  };
  return [
    {
      name: 'spec tells its form in one message',
      async run() {
        const transcript = await runProgram(program, { words: ['spec'] });
        expectThat(transcript.end === 0, describeEnd(transcript));
        const specs = messagesOf(transcript, 'SPEC');
        expectThat(specs.length === 1, `there are ${specs.length} specs`);
        expectThat(typeof specs[0]?.spec.documentationUrl === 'string', 'it has no documentation');
        expectNone(transcript.noise);
      },
    },
    {
      name: 'its form keeps the rules of forms',
      run: async () => expectNone(formProblems(await specificationOf(program))),
    },
    {
      name: 'its secrets are marked as such',
      run: async () => expectNone(secretProblems(await specificationOf(program))),
    },
    {
      name: 'settings that work fit its form, and check says so',
      run: () =>
        withSettings(suite, async (settings) => {
          const misfit = misfitOf(await specificationOf(program))(settings);
          expectThat(misfit === undefined, `they do not fit: ${misfit}`);
          expectStatus(await check(settings), 'SUCCEEDED', 'they');
        }),
    },
    {
      name: 'check of settings of the wrong form says FAILED, and exits with 0',
      run: () =>
        withSettings(suite, async (settings) => {
          const schema = await specificationOf(program);
          for (const wrong of wrongSettings(schema, settings)) {
            expectStatus(await check(wrong.settings), 'FAILED', wrong.what);
          }
        }),
    },
    ...(suite.wrong ?? []).map(({ what, settings }) => ({
      name: `check of ${what} says FAILED, and exits with 0`,
      run: async () => expectStatus(await check(settings), 'FAILED', what),
    })),
    {
      name: 'its secrets are in nothing that it says',
      run: () =>
        withSettings(suite, async (settings) => {
          const secrets = secretsIn(await specificationOf(program), settings);
          const said = [await check(settings)];
          for (const { settings: wrong } of suite.wrong ?? []) said.push(await check(wrong));
          for (const { text } of said) {
            expectThat(
              !secrets.some((secret) => text.includes(secret)),
              'a secret is in its output',
            );
          }
        }),
    },
  ];
}

/** What a command line has to be answered that is none. `others` are commands of the other kind. */
export function commandLineChecks(
  program: AirbyteProgram,
  verb: 'read' | 'write',
  others: readonly string[],
): Check[] {
  const wrong = [['conjure'], ['check'], [verb], ...others.map((other) => [other])];
  return [
    {
      name: 'a command line that is none ends with an error, and nothing else on the output',
      async run() {
        for (const words of wrong) {
          const transcript = await runProgram(program, { words });
          const what = words.join(' ');
          expectThat(transcript.end !== 0, `${what} exits with 0`);
          const said = transcript.messages.map(({ type }) => type);
          const isQuiet = said.every((type) => type === 'LOG' || type === 'TRACE');
          expectThat(isQuiet, `${what} is answered by ${said.join()}`);
          expectNone(transcript.noise, what);
        }
      },
    },
  ];
}

/** The schema that `spec` tells. */
async function specificationOf(program: AirbyteProgram): Promise<JsonObject> {
  const transcript = await runProgram(program, { words: ['spec'] });
  const [message] = messagesOf(transcript, 'SPEC');
  expectThat(message !== undefined, `there is no spec: ${describeEnd(transcript)}`);
  return message.spec.connectionSpecification;
}

function expectStatus(transcript: Transcript, expected: string, what: string): void {
  const statuses = messagesOf(transcript, 'CONNECTION_STATUS');
  const [first] = statuses;
  expectThat(first !== undefined, `${what}: no status: ${describeEnd(transcript)}`);
  expectThat(statuses.length === 1, `${what}: there are ${statuses.length} statuses`);
  const { status, message } = first.connectionStatus;
  expectThat(status === expected, `${what}: it says ${status} ${message ?? ''}`);
  expectThat(transcript.end === 0, `${what}: ${describeEnd(transcript)}`);
  expectThat(status === 'SUCCEEDED' || Boolean(message), `${what}: it does not say why`);
  const unexpected = errorsIn(transcript).some(({ failure_type: type }) => type !== 'config_error');
  expectThat(!unexpected, `${what}: it tells of an error of its own`);
}

async function withSettings(
  suite: FormSuite,
  body: (settings: unknown) => Promise<void>,
): Promise<void> {
  const fixture = await suite.prepare();
  try {
    await body(fixture.settings);
  } finally {
    await fixture[Symbol.asyncDispose]?.();
  }
}

/** The values of members that are secret. */
function secretsIn(schema: JsonObject, settings: unknown): string[] {
  if (!isObject(settings)) return [];
  return propertiesOf(schema).flatMap(([name, property]) => {
    const value = settings[name];
    if (property['airbyte_secret'] === true) return value === undefined ? [] : [String(value)];
    return secretsIn(property, value);
  });
}
