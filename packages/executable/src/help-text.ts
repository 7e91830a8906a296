import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from './about.ts';

/** How to call the executable of a connector, under either platform. */
export function helpText(connector: Source | Materialization, about: About): string {
  const { name } = about;
  const catalog = '--config config.json --catalog catalog.json';
  const commands =
    'pull' in connector
      ? [
          'spec',
          'check --config config.json',
          'discover --config config.json',
          `read ${catalog} [--state state.json]`,
        ]
      : ['spec', 'check --config config.json', `write ${catalog} <messages.jsonl`];
  return `${name} ${about.version}: ${about.description}

Inside Estuary Flow, without arguments: requests on standard input, responses on standard
output, as protobuf or, with FLOW_RUNTIME_CODEC=json, as lines of JSON.
  $ echo '{"spec":{"config":{}}}' | FLOW_RUNTIME_CODEC=json ${name}

Inside Airbyte, with a command:
${commands.map((command) => `  $ ${name} ${command}\n`).join('')}
Options:
  -h, --help     print this
  -V, --version  print the version

Settings and examples: ${about.documentationUrl}
`;
}
