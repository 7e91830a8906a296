import { settingsSchema, type Materialization, type Source } from '@fairlead/sdk';
import type { About } from '../about.ts';
import { exampleConfig } from './example-config.ts';
import { flowCatalog, flowTask } from './flow-catalog.ts';
import { imageOf } from './image.ts';
import { jsonText } from './json-text.ts';
import { settingsTables } from './settings-table.ts';
import { yamlText } from './yaml-text.ts';

/** The page that users of a connector read, whatever they run it with. */
export function documentation(connector: Source | Materialization, about: About): string {
  return [
    `<!-- Written by \`fairlead export\`: change the connector or its package.json instead. -->`,
    `# ${connector.title}`,
    about.description,
    '## Settings',
    settingsTables(settingsSchema(connector.config)).trimEnd(),
    ...('pull' in connector ? sourceParts(connector) : destinationParts(connector)),
    ...aloneParts(connector, about),
    ...flowParts(connector, about),
    ...airbyteParts(connector, about),
  ]
    .join('\n\n')
    .concat('\n');
}

function sourceParts(source: Source): readonly string[] {
  return [
    '## Streams',
    'Each stream that you choose has these settings, which are filled in when streams are discovered.',
    settingsTables(settingsSchema(source.resource)).trimEnd(),
    [
      '- Every stream is read whole at first, and after that only what is new, as far as the system tells.',
      source.sharded === true
        ? '- In Estuary Flow, shards can share a stream, each with a part of its keys.'
        : '- In Estuary Flow, one shard reads all.',
      '- In Airbyte, the sync modes are full refresh and incremental. Both go on where they were interrupted.',
    ].join('\n'),
  ];
}

function destinationParts({ resource, commits }: Materialization): readonly string[] {
  const promise = {
    'in-destination':
      'Documents and the position in their source are committed together: after a crash, nothing is lost and nothing is there twice.',
    staged:
      'Documents are staged, and applied once the platform has kept the position in their source: after a crash, nothing is lost and nothing is there twice.',
    'at-least-once': 'After a crash, documents may come twice.',
  }[commits];
  return [
    '## Tables',
    'Each table has these settings.',
    settingsTables(settingsSchema(resource)).trimEnd(),
    [
      `- ${promise}`,
      '- In a pipeline of `fairlead`, a table is written by `merge`, one row for each key, or by `append`, and deletes are `hard`, `soft` or ignored.',
      '- In Estuary Flow, `delta_updates` of a binding appends, and `hardDelete` of the endpoint removes rows.',
      '- In Airbyte, the sync modes are overwrite, append and append_dedup.',
    ].join('\n'),
  ];
}

function aloneParts(connector: Source | Materialization, about: About): readonly string[] {
  const short = about.name.replace(/^(source|materialize)-/, '');
  const own = { [short]: exampleConfig(connector, about) };
  const isSource = 'pull' in connector;
  const pipeline = isSource
    ? { source: own, destination: { duckdb: { path: 'shop.duckdb' } } }
    : { source: { file: { paths: './data/*.csv' } }, destination: own };
  const address = about.example;
  const words = isSource ? [address, 'duckdb:shop.duckdb'] : ['./data/*.csv', address];
  const copy = `fairlead copy ${words.map((word) => quoted(word ?? '')).join(' ')}`;
  return [
    '## On its own',
    ...(address === undefined ? [] : [fenced('sh', copy)]),
    'As a file, `pipeline.yaml`, for `fairlead run`:',
    fenced('yaml', yamlText(pipeline)),
  ];
}

function flowParts(connector: Source | Materialization, about: About): readonly string[] {
  const command = { command: [about.name], config: exampleConfig(connector, about) };
  const local = { local: { ...command, env: { FLOW_RUNTIME_CODEC: 'json' } } };
  return [
    '## In Estuary Flow',
    fenced('yaml', flowCatalog(connector, about)),
    'Without an image, while you develop:',
    fenced('yaml', yamlText(flowTask(connector, about, local))),
  ];
}

function airbyteParts(connector: Source | Materialization, about: About): readonly string[] {
  const { airbyteName, tag } = imageOf(connector, about);
  const docker = `docker run --rm -i -v "$PWD:/data" ${airbyteName}:${tag}`;
  const config = '--config /data/config.json';
  const files = `${config} --catalog /data/catalog.json`;
  const commands =
    'pull' in connector
      ? ['spec', `check ${config}`, `discover ${config}`, `read ${files}`]
      : ['spec', `check ${config}`, `write ${files} <messages.jsonl`];
  return [
    '## In Airbyte',
    `Add it as a custom connector: image \`${airbyteName}\`, tag \`${tag}\`. By hand, with \`config.json\`:`,
    fenced('json', jsonText(exampleConfig(connector, about))),
    fenced('sh', commands.map((command) => `${docker} ${command}`).join('\n')),
  ];
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** A word of a shell, between quotes where it needs them. */
function quoted(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
