import { askConfiguration, askForm, testConfiguration } from '@fairlead/fivetran-tester';
import { Failure } from '@fairlead/sdk';
import { conclude, writeJson, type Invocation } from '../invocation.ts';
import { readConfiguration, writeConfiguration } from './fivetran-files.ts';
import { inBlocks, testLines } from './fivetran-report.ts';
import { fivetranTarget } from './fivetran-target.ts';

export interface ConfigurationOptions {
  readonly configuration?: string;
  readonly test?: boolean;
  readonly destination?: boolean;
}

/** `fairlead fivetran configuration`: asks what the form of a connector asks, or makes its tests. */
export async function configure(
  invocation: Invocation,
  word: string = '127.0.0.1:50051',
  options: ConfigurationOptions = {},
): Promise<void> {
  const kind = options.destination === true ? 'destination' : undefined;
  await using connector = await fivetranTarget(invocation, word, kind);
  const { environment, output, ask, interruption } = invocation;
  const known = existing(invocation, options);
  if (options.test === true) {
    const tests = await testConfiguration(connector, known);
    const failed = tests.find(({ failure }) => failure !== undefined);
    const text =
      invocation.options.json === true
        ? `${JSON.stringify({ tests })}\n`
        : inBlocks(tests.length === 0 ? ['the form has no tests'] : testLines(tests));
    const failure =
      failed && new Failure('config', failed.failure ?? '', { where: `test ${failed.name}` });
    return await conclude(output, text, failure);
  }
  if (ask === undefined) {
    throw new Failure('config', 'there is nobody to ask', {
      hint: 'Write the settings into configuration.json, texts by name.',
    });
  }
  const form = await askForm(connector);
  const answers = await askConfiguration(form, known, (question) =>
    ask(question, interruption.now),
  );
  const path = await writeConfiguration(environment, answers, options.configuration);
  if (invocation.options.json === true) await writeJson(output, { written: path });
  else await output.write(`written to ${path}\n`);
}

/** What a named file holds may not be there yet when it is about to be written. */
function existing({ environment }: Invocation, { configuration, test }: ConfigurationOptions) {
  try {
    return readConfiguration(environment, configuration);
  } catch (error) {
    const isMissing = error instanceof Failure && isNoEntry(error.cause);
    if (isMissing && test !== true) return {};
    throw error;
  }
}

function isNoEntry(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
