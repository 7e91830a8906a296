import { Option, type Command } from 'commander';
import { examples, verb, verbGroup, type Act } from './declare-verb.ts';
import type { CommonOptions } from './invocation.ts';
import type { AirflowOptions } from './verbs/airflow.ts';
import type { CiOptions } from './verbs/ci-update.ts';
import type { DeployOptions } from './verbs/deploy.ts';

type With<Options> = CommonOptions & Options;

const fileOption = ['-f, --file <path>', 'the file of deployments (default: deploy.yaml)'] as const;

/** Declares the verbs about deploying functions. */
export function addDeployVerbs(program: Command, act: Act): void {
  addDeploy(program, act);
  addCi(program, act);
  addAirflow(program, act);
  growCreate(program);
}

function addDeploy(program: Command, act: Act): void {
  verb(program, 'deploy', 'deploy connectors as functions that Fivetran calls')
    .argument('[name...]', 'functions of deploy.yaml')
    .option('--all', 'all of them')
    .option('--env <name>', 'only those of an environment')
    .option('--changed-since <ref>', 'only those that differ from what they were at a commit')
    .option('--dry-run', 'print the commands, and run none')
    .option('--schema', 'print the JSON Schema of deploy.yaml, for editors, and do nothing else')
    .option(...fileOption)
    .addHelpText(
      'after',
      examples('fairlead deploy casa --dry-run', 'fairlead deploy --all --changed-since main'),
    )
    .action((names: string[], options: With<DeployOptions>) =>
      act(options, async (invocation) => {
        const { deploy } = await import('./verbs/deploy.ts');
        await deploy(invocation, names, options);
      }),
    );
}

function addCi(program: Command, act: Act): void {
  const group = verbGroup(program, 'ci', 'keep the workflows of CircleCI and GitHub up to date')
    .alias('ci_config')
    .addHelpText('after', examples('fairlead ci update --check'));
  verb(group, 'update', 'write the jobs that test connectors and deploy functions')
    .addOption(
      new Option('--provider <name>', 'for which (default: those that are there)').choices([
        'circleci',
        'github',
        'both',
      ]),
    )
    .option('--check', 'write nothing, and fail when something is stale')
    .option('--dry-run', 'print the files, and write none')
    .option('--replace', 'also replace jobs of these names that are not marked as written here')
    .option(...fileOption)
    .addHelpText(
      'after',
      examples('fairlead ci update --provider github', 'fairlead ci update --check'),
    )
    .action((options: With<CiOptions>) =>
      act(options, async (invocation) => {
        const { ciUpdate } = await import('./verbs/ci-update.ts');
        await ciUpdate(invocation, options);
      }),
    );
}

function addAirflow(program: Command, act: Act): void {
  verb(program, 'airflow', 'write DAGs that start the connections of functions')
    .argument('[name...]', 'functions of deploy.yaml (default: all)')
    .option('--env <name>', 'only those of an environment')
    .option('--output <folder>', 'the folder of DAGs (default: dags)')
    .option('--sensor', 'with a task that waits for the data, whoever has started the sync')
    .option('--deferrable', 'wait in the triggerer, and not in a worker')
    .option('--bigquery-etl', 'print metadata for bigquery-etl, and write nothing')
    .option('--check', 'write nothing, and fail when something is stale')
    .option(...fileOption)
    .addHelpText('after', examples('fairlead airflow casa', 'fairlead airflow --bigquery-etl'))
    .action((names: string[], options: With<AirflowOptions>) =>
      act(options, async (invocation) => {
        const { airflow } = await import('./verbs/airflow.ts');
        await airflow(invocation, names, options);
      }),
    );
}

/** Connectors begin as functions, too, when that is asked for. */
function growCreate(program: Command): void {
  program.commands
    .find((command) => command.name() === 'connector')
    ?.commands.find((command) => command.name() === 'create')
    ?.option('--function', 'also as a function for Fivetran; a connector that is there grows');
}
