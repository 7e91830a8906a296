import { Option, type Command } from 'commander';
import { examples, gather, verb, verbGroup, type Act } from './declare-verb.ts';
import type { CommonOptions } from './invocation.ts';
import type { CallOptions } from './verbs/function-call.ts';
import type { ServeOptions } from './verbs/function-serve.ts';

type With<Options> = CommonOptions & Options;

/** Declares the verbs about functions that Fivetran calls. */
export function addFunctionVerbs(program: Command, act: Act): void {
  const group = verbGroup(
    program,
    'function',
    'run a source as a function that Fivetran calls, or call one as it does',
  ).addHelpText(
    'after',
    examples(
      "fairlead function call file --config '{paths: ./data/*.csv}'",
      'fairlead function serve file --config config.yaml',
    ),
  );
  verb(group, 'serve', 'serve a source as a function on this machine')
    .argument('<name>', 'the source: file, source-file or @fairlead/source-file')
    .option('--port <number>', 'where it listens, 0 for any that is free (default: 8080)')
    .addOption(platform())
    .addOption(config())
    .addHelpText(
      'after',
      examples(
        'fairlead function serve file --config config.yaml',
        'fairlead function serve file --platform lambda --port 9000',
      ),
    )
    .action((name: string, options: With<ServeOptions>) =>
      act(options, async (invocation) => {
        const { serveAsFunction } = await import('./verbs/function-serve.ts');
        await serveAsFunction(invocation, name, options);
      }),
    );
  verb(group, 'call', 'make one sync of a function, as Fivetran does, into a DuckDB file')
    .argument('<function>', 'a source that is installed, or the URL of any function')
    .addOption(platform())
    .addOption(config())
    .option('--secrets <settings>', 'secrets of the connection: a file, or in {…}')
    .option('--payload <settings>', 'its custom payload: a file, or in {…}')
    .option('--header <line>', 'a header of requests, NAME: VALUE; may be given again', gather)
    .option('--warehouse <path>', 'where the tables are (default: warehouse.db)')
    .option('--state <path>', 'what the last sync came to (default: beside the warehouse)')
    .option('--test', 'only test the settings')
    .option('--reset', 'forget the tables and the state of earlier syncs first')
    .addHelpText(
      'after',
      examples(
        "fairlead function call file --config '{paths: ./data/*.csv}'",
        'fairlead function call https://example.com/orders --secrets secrets.yaml --test',
      ),
    )
    .action((target: string, options: With<CallOptions>) =>
      act(options, async (invocation) => {
        const { callAsFivetran } = await import('./verbs/function-call.ts');
        await callAsFivetran(invocation, target, options);
      }),
    );
}

function platform(): Option {
  return new Option('--platform <name>', 'whose limits hold (default: gcf-gen1)').choices([
    'gcf-gen1',
    'gcf-gen2',
    'lambda',
    'azure',
  ]);
}

function config(): Option {
  return new Option(
    '-c, --config <settings>',
    'settings of the source: a file of YAML or JSON, or in {…}',
  );
}
