import { Option, type Command } from 'commander';
import { examples, fileVerb, gather, verb, verbGroup, type Act } from './declare-verb.ts';
import type { CommonOptions } from './invocation.ts';
import type { DriveOptions } from './verbs/flow-drive.ts';
import type { ExportOptions, Platform } from './verbs/export.ts';
import type { PreviewOptions } from './verbs/flow-preview.ts';
import type { SyncOptions } from './verbs/airbyte-sync.ts';

type With<Options> = CommonOptions & Options;

/** Declares the verbs that are about other platforms, on which connectors run as well. */
export function addPlatformVerbs(program: Command, act: Act): void {
  addHosts(program);
  addFlowRuns(program, act);
  addAirbyteSync(program, act);
  addExport(program, act);
}

const anyConnector = 'the connector: file, source-file or @fairlead/source-file';
const anyCommand = 'a connector that is installed, or the words of any executable';

/** Calls that make this process a program of a platform. They are done before these are asked. */
function addHosts(program: Command): void {
  program
    .command('flow')
    .description('be a connector of Estuary Flow on standard input and output')
    .helpOption('-h, --help', 'print help')
    .argument('<name>', anyConnector)
    .addHelpText('after', examples('FLOW_RUNTIME_CODEC=json fairlead flow file'))
    .action((name: string) => misplaced(`flow ${name}`));
  program
    .command('airbyte')
    .description('be a connector of Airbyte')
    .helpOption('-h, --help', 'print help')
    .argument('<name>', anyConnector)
    .argument('<command>', 'spec, check, discover, read or write')
    .usage('<name> <command> [arguments]')
    .addHelpText(
      'after',
      examples('fairlead airbyte file spec', 'fairlead airbyte file check --config config.json'),
    )
    .action((name: string, command: string) => misplaced(`airbyte ${name} ${command}`));
}

/** A word such as `--` stands before the name, so that the call was not seen for what it is. */
async function misplaced(call: string): Promise<never> {
  const { Failure } = await import('@fairlead/sdk');
  throw new Failure('config', 'the words are not in their places', {
    hint: `Write: fairlead ${call}.`,
  });
}

function addFlowRuns(program: Command, act: Act): void {
  verb(program, 'flow-preview', 'run a capture as the runtime of Estuary Flow does')
    .argument('<connector...>', anyCommand)
    .addOption(config())
    .option('--stream <name>', 'only these streams; may be given again', gather)
    .option('--sessions <list>', 'checkpoints of each session, as in 2,1; -1 for no end')
    .option('--shards <count>', 'over how many shards the keys are split (default: 1)')
    .option('--timeout <duration>', 'ends a session when nothing came for so long (default: 10s)')
    .option('--initial-state <path>', 'a file with the state of the first session')
    .option('--no-acknowledge', 'do not acknowledge checkpoints')
    .option('--kill', 'end sessions by killing the connector')
    .option('--steps', 'also print bindings, sessions, schemas and what was applied')
    .option('--fixture', 'print what flow-drive takes: documents and commits, no states')
    .addOption(codec())
    .addHelpText(
      'after',
      examples(
        "fairlead flow-preview file --config '{paths: ./data/*.csv}' --sessions 1",
        'fairlead flow-preview --config config.yaml -- node their-capture.js --fast',
      ),
    )
    .action((words: string[], options: With<PreviewOptions>) =>
      act(options, async (invocation) => {
        const { flowPreview } = await import('./verbs/flow-preview.ts');
        await flowPreview(invocation, words, options);
      }),
    );
  verb(program, 'flow-drive', 'fill a materialization as the runtime of Estuary Flow does')
    .argument('<connector...>', anyCommand)
    .addOption(config())
    .requiredOption('--collections <path>', 'a file with the collections and their tables')
    .option('--fixture <path>', 'lines of documents and commits (default: standard input)')
    .option('--sessions <count>', 'transactions of each session (default: all)')
    .option('--task <name>', 'the name of the task (default: acmeCo/drive)')
    .addOption(codec())
    .addHelpText(
      'after',
      examples(
        "fairlead flow-drive duckdb --config '{path: shop.duckdb}' --collections shop.yaml --fixture shop.jsonl",
      ),
    )
    .action((words: string[], options: With<DriveOptions>) =>
      act(options, async (invocation) => {
        const { flowDrive } = await import('./verbs/flow-drive.ts');
        await flowDrive(invocation, words, options);
      }),
    );
}

function config(): Option {
  return new Option('-c, --config <settings>', 'a file of YAML or JSON, or the settings in {…}');
}

function codec(): Option {
  return new Option('--codec <codec>', 'how messages are written (default: json)').choices([
    'json',
    'proto',
  ]);
}

function addAirbyteSync(program: Command, act: Act): void {
  fileVerb(program, 'airbyte-sync', 'run the pipeline once, as Airbyte does')
    .option('--state <path>', 'what earlier syncs came to (default: .fairlead/airbyte-NAME.json)')
    .addHelpText('after', examples('fairlead airbyte-sync --state state.json'))
    .action((options: With<SyncOptions>) =>
      act(options, async (invocation) => {
        const { airbyteSync } = await import('./verbs/airbyte-sync.ts');
        await airbyteSync(invocation, options);
      }),
    );
}

function addExport(program: Command, act: Act): void {
  const group = verbGroup(
    program,
    'export',
    'write the files by which a platform takes a connector',
  ).addHelpText('after', examples('fairlead export airbyte file'));
  const platforms: readonly [Platform, string][] = [
    ['flow', 'write the image, the page and the description for Estuary Flow'],
    ['airbyte', 'write the image, the page and the description for Airbyte'],
    ['fivetran', 'write one program that Fivetran can start, and what is told of it'],
  ];
  for (const [platform, description] of platforms) {
    const command = verb(group, platform, description)
      .argument('<name>', anyConnector)
      .option('--output <folder>', 'where to write them (default: the current folder)')
      .option('--force', 'replace files that are there and differ');
    if (platform === 'fivetran') {
      command.option('--connector-sdk', 'also make it a project of the hosted Connector SDK');
    }
    const folder = platform === 'fivetran' ? 'programs/file' : 'images/file';
    command
      .addHelpText('after', examples(`fairlead export ${platform} file --output ${folder}`))
      .action((name: string, options: With<ExportOptions>) =>
        act(options, async (invocation) => {
          const { exportConnector } = await import('./verbs/export.ts');
          await exportConnector(invocation, platform, name, options);
        }),
      );
  }
}
