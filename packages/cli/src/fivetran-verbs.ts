import { Option, type Command } from 'commander';
import { examples, verb, verbGroup, type Act } from './declare-verb.ts';
import type { CommonOptions } from './invocation.ts';
import type { ConfigurationOptions } from './verbs/fivetran-configuration.ts';
import type { DebugOptions } from './verbs/fivetran-debug.ts';
import type { ServeOptions } from './verbs/fivetran-serve.ts';
import type { TestDestinationOptions } from './verbs/fivetran-test-destination.ts';

type With<Options> = CommonOptions & Options;

/** Declares the verbs about gRPC connectors of Fivetran. */
export function addFivetranVerbs(program: Command, act: Act): void {
  const group = verbGroup(
    program,
    'fivetran',
    'run connectors as Fivetran does: serve one, or play Fivetran for one',
  ).addHelpText(
    'after',
    examples(
      'fairlead fivetran configuration file',
      'fairlead fivetran debug file',
      'fairlead fivetran serve duckdb --port 50052',
    ),
  );
  addServe(group, act);
  addDebug(group, act);
  addConfiguration(group, act);
  addTestDestination(group, act);
}

const anyTarget = 'a connector that is installed, or HOST:PORT of any gRPC connector';

function addServe(group: Command, act: Act): void {
  verb(group, 'serve', 'serve a connector by gRPC, as the program that Fivetran starts')
    .argument('<name>', 'the connector: file, source-file or @fairlead/source-file')
    .option('--port <number>', 'where it listens (default: 50051, for a destination 50052)')
    .option('--host <address>', 'on which address (default: 127.0.0.1)')
    .addHelpText('after', examples('fairlead fivetran serve file --port 50051'))
    .action((name: string, options: With<ServeOptions>) =>
      act(options, async (invocation) => {
        const { serveForFivetran } = await import('./verbs/fivetran-serve.ts');
        await serveForFivetran(invocation, name, options);
      }),
    );
}

function addDebug(group: Command, act: Act): void {
  verb(
    group,
    'debug',
    'make one sync of a source into files/warehouse.db, and look at what it does',
  )
    .argument('[source]', `${anyTarget} (default: 127.0.0.1:50051)`)
    .addOption(configuration())
    .option('--state <path>', 'the state to begin with (default: files/state.json, if it is there)')
    .addOption(
      new Option(
        '--naming <rule>',
        'how tables and columns are called (default: FIVETRAN)',
      ).choices(['FIVETRAN', 'SOURCE']),
    )
    .addOption(schema())
    .addHelpText(
      'after',
      examples(
        'fairlead fivetran debug file --configuration configuration.json',
        'fairlead fivetran debug 127.0.0.1:50051 --naming SOURCE',
      ),
    )
    .action((target: string | undefined, options: With<DebugOptions>) =>
      act(options, async (invocation) => {
        const { debugSource } = await import('./verbs/fivetran-debug.ts');
        await debugSource(invocation, target, options);
      }),
    );
  verb(group, 'reset', 'remove what debug has left, so that the next one begins anew')
    .addHelpText('after', examples('fairlead fivetran reset'))
    .action((options: CommonOptions) =>
      act(options, async (invocation) => {
        const { resetFiles } = await import('./verbs/fivetran-reset.ts');
        await resetFiles(invocation);
      }),
    );
}

function addConfiguration(group: Command, act: Act): void {
  verb(group, 'configuration', 'fill in the form of a connector, or test what it was filled with')
    .argument('[connector]', `${anyTarget} (default: 127.0.0.1:50051)`)
    .addOption(configuration())
    .option('--test', 'make the tests of the form')
    .option('--destination', 'what listens at HOST:PORT is a destination')
    .addHelpText(
      'after',
      examples(
        'fairlead fivetran configuration file',
        'fairlead fivetran configuration file --test',
      ),
    )
    .action((target: string | undefined, options: With<ConfigurationOptions>) =>
      act(options, async (invocation) => {
        const { configure } = await import('./verbs/fivetran-configuration.ts');
        await configure(invocation, target, options);
      }),
    );
}

function addTestDestination(group: Command, act: Act): void {
  verb(group, 'test-destination', 'do with a destination what the input files of a folder say')
    .argument('<destination>', anyTarget)
    .argument('<folder>', 'where the input files are, NAME.json')
    .addOption(configuration())
    .option('--plain-text', 'write batch files that are neither compressed nor encrypted')
    .option('--input-file <name>', 'only this file of the folder')
    .addOption(schema())
    .addHelpText(
      'after',
      examples('fairlead fivetran test-destination duckdb ./inputs --configuration duckdb.json'),
    )
    .action((target: string, folder: string, options: With<TestDestinationOptions>) =>
      act(options, async (invocation) => {
        const { testDestination } = await import('./verbs/fivetran-test-destination.ts');
        await testDestination(invocation, target, folder, options);
      }),
    );
}

function configuration(): Option {
  return new Option(
    '--configuration <path>',
    'the settings, texts by name (default: configuration.json)',
  );
}

function schema(): Option {
  return new Option('--schema-name <name>', 'the schema of the tables (default: tester)');
}
