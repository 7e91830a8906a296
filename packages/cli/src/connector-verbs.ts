import type { Command } from 'commander';
import { examples, verb, verbGroup, type Act } from './declare-verb.ts';
import type { CommonOptions } from './invocation.ts';

type With<Options> = CommonOptions & Options;

/** Declares the verbs that are about connectors. */
export function addConnectorVerbs(program: Command, act: Act): void {
  verb(program, 'connectors', 'list the connectors that are installed')
    .addHelpText('after', examples('fairlead connectors'))
    .action((options: CommonOptions) =>
      act(options, async (invocation) => {
        const { connectors } = await import('./verbs/connectors.ts');
        await connectors(invocation);
      }),
    );
  verb(program, 'spec', "print the JSON Schema of a connector's settings")
    .argument('<name>', 'the connector: file, source-file or @fairlead/source-file')
    .option('--stream', 'the settings of one of its streams or tables')
    .addHelpText('after', examples('fairlead spec file', 'fairlead spec duckdb --stream'))
    .action((name: string, options: With<{ stream?: boolean }>) =>
      act(options, async (invocation) => {
        const { spec } = await import('./verbs/spec.ts');
        await spec(invocation, name, options);
      }),
    );
  const connector = verbGroup(program, 'connector', 'begin a connector of your own').addHelpText(
    'after',
    examples('fairlead connector create crm'),
  );
  verb(connector, 'create', 'write a new source connector, with a test that passes')
    .argument('<name>', 'its name: crm gives the package source-crm')
    .option('--folder <path>', 'where to write it (default: ./source-NAME)')
    .addHelpText('after', examples('fairlead connector create crm --folder ./crm'))
    .action((name: string, options: With<{ folder?: string }>) =>
      act(options, async (invocation) => {
        const { createConnector } = await import('./verbs/create-connector.ts');
        await createConnector(invocation, name, options);
      }),
    );
}
