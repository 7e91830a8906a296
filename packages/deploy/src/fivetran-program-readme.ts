import type { ProgramConnector } from './fivetran-program.ts';

export interface ReadmeFacts {
  /** Packages that have to be installed beside the program, and their versions. */
  readonly installed: ReadonlyMap<string, string>;
  /** Whether there are files that the program reads, below `assets`. */
  readonly hasAssets: boolean;
  /** Whether the files of a project of the Connector SDK are there as well. */
  readonly hasProject: boolean;
}

/** What somebody has to know who was given the folder of a program, in Markdown. */
export function programReadme(connector: ProgramConnector, facts: ReadmeFacts): string {
  const { kind, packageName, title, version } = connector;
  const [service, port] =
    kind === 'source' ? ['SourceConnector', 50_051] : ['DestinationConnector', 50_052];
  const parts = [
    `# ${title} for Fivetran`,
    `The ${kind} \`${packageName}\` ${version} as one program that serves \`fivetran_sdk.v2.${service}\` of Fivetran's Partner SDK. Written by \`fairlead export fivetran\`.`,
    ...startParts(port, facts.installed),
    ...testParts(kind, service, port),
    ...sendParts(facts),
    ...(facts.hasProject ? projectParts : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function startParts(port: number, installed: ReadonlyMap<string, string>): readonly string[] {
  const names = [...installed.keys()].map((name) => `\`${name}\``).join(', ');
  const install =
    installed.size === 0
      ? 'Nothing has to be installed but Node.js 20.19 or newer.'
      : `It needs Node.js 20.19 or newer, and ${names}, which cannot be in the file: it has code for one kind of machine. \`package.json\` names it, and \`npm install\` puts it beside the program; do that on the kind of machine on which the program will run.`;
  return [
    '## How it is started',
    install,
    shell([
      ...(installed.size === 0 ? [] : ['npm install --omit=dev']),
      `node server.mjs --port ${port}`,
    ]),
    `It listens on all addresses, without TLS, as Fivetran calls it from beside it; \`--host 127.0.0.1\` keeps it to this machine. \`--port\` is ${port} unless given. Its log is JSON, a line each, on the standard output. SIGTERM ends it: calls that run end at what is durable.`,
  ];
}

function testParts(kind: string, service: string, port: number): readonly string[] {
  const trial =
    kind === 'source'
      ? `npx fairlead fivetran debug 127.0.0.1:${port} --configuration configuration.json`
      : `npx fairlead fivetran test-destination 127.0.0.1:${port} ./inputs --configuration configuration.json`;
  const what =
    kind === 'source'
      ? 'makes the tests and one sync, and puts the rows into `files/warehouse.db`'
      : 'makes the tests, and does what the files of `inputs` say, each as Fivetran would';
  return [
    '## How it is tested',
    `The first command asks for the settings and writes \`configuration.json\`; the second one ${what}.`,
    shell([
      `npx fairlead fivetran configuration 127.0.0.1:${port}${kind === 'source' ? '' : ' --destination'}`,
      trial,
    ]),
    "Any client of gRPC can call it. With the definitions of [Fivetran's Partner SDK](https://github.com/fivetran/fivetran_partner_sdk) in the folder `proto`:",
    shell([
      `npx @bufbuild/buf curl --schema proto --protocol grpc --http2-prior-knowledge \\\n  -d '{}' http://127.0.0.1:${port}/fivetran_sdk.v2.${service}/ConfigurationForm`,
    ]),
  ];
}

function sendParts({ installed, hasAssets }: ReadmeFacts): readonly string[] {
  const parts = [
    '`server.mjs`',
    '`package.json`',
    ...(hasAssets ? ['the folder `assets`, from which it reads'] : []),
    ...(installed.size === 0 ? [] : ['`node_modules`, as it is installed on Linux for x64']),
  ];
  return [
    '## What Fivetran needs',
    `${new Intl.ListFormat('en').format(parts)}, together in one folder, and Node.js, on \`linux/amd64\`.`,
    "Connectors of the Partner SDK are for partners of Fivetran, and Node.js is not among the languages that its build of partners' programs lists: agree with Fivetran on how it is started before you send it.",
  ];
}

const projectParts = [
  '## As a project of the Connector SDK',
  'Not verified on Fivetran itself. This folder is a project of the hosted Connector SDK as well: `connector.py` starts `server.mjs`. What to do with it is in [connector-sdk.md](connector-sdk.md).',
];

function shell(lines: readonly string[]): string {
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}
