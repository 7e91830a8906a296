import { Failure, isFailure } from '@fairlead/sdk';
import { isMap, isSeq, type YAMLSeq } from 'yaml';
import type { Deployment } from '../deploy-file/deployment.ts';
import { changedScript } from './changed-script.ts';
import {
  buildJob,
  type CiConnector,
  type CiProject,
  type CiText,
  connectorOf,
  deployJob,
  installCommands,
  ownFiles,
} from './ci-project.ts';
import {
  jobOf,
  listAt,
  mapAt,
  openWorkflow,
  parseYaml,
  plainItem,
  setDefault,
  setMarked,
  type WorkflowFile,
  workflowText,
} from './workflow-file.ts';

export const circleciFile = '.circleci/config.yml';

/**
 * The configuration of CircleCI for a project: what there is, with the jobs that test connectors and
 * deploy functions brought up to date.
 * @throws {Failure} config, with all files that are no YAML.
 */
export function circleciText(
  project: CiProject,
  before: string | undefined,
  replace = false,
): CiText {
  const notices: string[] = [];
  const jobs = wantedJobs(project, notices);
  const document = openWorkflow(before, circleciFile);
  setDefault(document, 'version', 2.1);
  const commands = new Map([['compare-branch', compareBranch]]);
  const kept = [
    ...setMarked(document, mapAt(document, ['commands']), commands, replace),
    ...setMarked(document, mapAt(document, ['jobs']), jobs, replace),
  ];
  notices.push(
    ...kept.map((name) => `${circleciFile}: "${name}" is not marked, so it was left alone`),
  );
  setWorkflow(document, project, [...jobs.keys()]);
  return { text: workflowText(document), notices };
}

function wantedJobs(project: CiProject, notices: string[]): Map<string, unknown> {
  const jobs = new Map<string, unknown>();
  const broken: Failure[] = [];
  for (const connector of project.connectors) {
    if (connector.isPackage) jobs.set(buildJob(connector), testJob(project, connector));
    try {
      for (const [name, job] of extraJobs(connector, notices)) jobs.set(name, job);
    } catch (error) {
      if (!isFailure(error)) throw error;
      broken.push(error);
    }
  }
  if (broken.length > 0) throw brokenFiles(broken);
  for (const deployment of project.deployments) {
    jobs.set(deployJob(deployment), deploymentJob(project, deployment));
  }
  return jobs;
}

function brokenFiles(broken: readonly Failure[]): Failure {
  const [first] = broken;
  if (first !== undefined && broken.length === 1) return first;
  const files = broken.map(({ where, message }) => `${where ?? ''}: ${message}`).join('; ');
  return new Failure('config', `${broken.length} files cannot be read: ${files}`);
}

/** The jobs of a connector's own file. Jobs that deploy are those of deploy.yaml, and no other. */
function extraJobs(
  { folder, extras }: CiConnector,
  notices: string[],
): readonly (readonly [string, unknown])[] {
  if (extras === undefined) return [];
  const file = `${folder}/ci_workflow.yaml`;
  const value: unknown = parseYaml(extras, file).toJS();
  const jobs = isRecord(value) && isRecord(value['jobs']) ? value['jobs'] : value;
  if (!isRecord(jobs)) return [];
  return Object.entries(jobs).filter(([name, job]) => {
    if (!name.startsWith('deploy-')) return isRecord(job);
    notices.push(`${file}: "${name}" was left out, as deploy.yaml says what is deployed`);
    return false;
  });
}

/** Ends a job early, and well, when nothing that it is about has changed. */
const compareBranch = {
  description: 'Ends the job here when nothing that it tests has changed since main.',
  parameters: { pattern: { type: 'string' } },
  steps: [
    {
      run: {
        name: 'See what has changed',
        command: `${[
          'if [ "$CIRCLE_BRANCH" = main ]; then exit 0; fi',
          "if git log -1 --pretty=%B | grep -F '[run-tests]' > /dev/null; then exit 0; fi",
          'files=$(git diff --name-only "$(git merge-base origin/main HEAD)")',
          changedScript('<< parameters.pattern >>'),
          'if [ "$changed" = no ]; then circleci-agent step halt; fi',
        ].join('\n')}\n`,
      },
    },
  ],
};

const image = [{ image: 'cimg/node:22.12' }];

function testJob(project: CiProject, connector: CiConnector): object {
  const { folder } = connector;
  return {
    docker: image,
    steps: [
      'checkout',
      { 'compare-branch': { pattern: ownFiles(connector) } },
      run('Install', installCommands(project, connector)),
      run('Build', `npm run build --if-present --prefix ${folder}`),
      run('Test', `npm run test --if-present --prefix ${folder}`),
    ],
  };
}

function deploymentJob(project: CiProject, deployment: Deployment): object {
  const since = '<< pipeline.git.base_revision >>';
  return {
    docker: image,
    steps: [
      'checkout',
      ...signIn(deployment),
      run('Install', installCommands(project, connectorOf(project, deployment))),
      run('Deploy', `npx fairlead deploy ${deployment.name} --changed-since "${since}"`),
    ],
  };
}

/** Steps after which the commands of a cloud work. */
function signIn({ target }: Deployment): readonly object[] {
  switch (target.is) {
    case 'gcf':
    case 'cloudrun':
      return [
        run(
          'Install the Google Cloud CLI',
          [
            'curl -sSL https://dl.google.com/dl/cloudsdk/channels/rapid/google-cloud-sdk.tar.gz | tar -xz -C "$HOME"',
            `echo 'export PATH="$HOME/google-cloud-sdk/bin:$PATH"' >> "$BASH_ENV"`,
          ].join('\n'),
        ),
        run(
          'Sign in',
          [
            'echo "$GCLOUD_SERVICE_KEY" | gcloud auth activate-service-account --key-file=-',
            'if [ -n "$GCLOUD_PROJECT" ]; then gcloud config set project "$GCLOUD_PROJECT"; fi',
          ].join('\n'),
        ),
      ];
    case 'lambda':
      return [
        run(
          'Install the AWS CLI',
          [
            'curl -sSL https://awscli.amazonaws.com/awscli-exe-linux-x86_64.zip -o /tmp/aws.zip',
            'unzip -q /tmp/aws.zip -d /tmp && sudo /tmp/aws/install',
          ].join('\n'),
        ),
      ];
    case 'azure':
      return [
        run('Install the Azure CLI', 'curl -sSL https://aka.ms/InstallAzureCLIDeb | sudo bash'),
        run(
          'Sign in',
          'az login --service-principal --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" --password "$AZURE_CLIENT_SECRET" --output none',
        ),
      ];
  }
}

function run(name: string, command: string): object {
  return { run: { name, command: command.includes('\n') ? `${command}\n` : command } };
}

/** Starts every job once, and deployments on main, after the tests of what they deploy. */
function setWorkflow(document: WorkflowFile, project: CiProject, jobs: readonly string[]): void {
  const list = listAt(document, ['workflows', workflowOf(document, jobs), 'jobs']);
  const defined = mapAt(document, ['jobs']);
  list.items = list.items.filter((item) => {
    const name = jobOf(item);
    return !/^(build-job|deploy)-/.test(name) || defined.has(name);
  });
  for (const name of jobs.filter((job) => !job.startsWith('deploy-')).toSorted()) {
    if (!list.items.some((item) => jobOf(item) === name)) list.items.push(plainItem(name));
  }
  for (const deployment of project.deployments) {
    const connector = connectorOf(project, deployment);
    const needed = connector === undefined ? [] : [buildJob(connector)];
    const requires = needed.filter((name) => jobs.includes(name));
    setDeployment(document, list, deployJob(deployment), requires);
  }
}

/** The workflow that has one of these jobs, or a new one. */
function workflowOf(document: WorkflowFile, jobs: readonly string[]): string {
  const all = mapAt(document, ['workflows']);
  for (const { key, value } of all.items) {
    const list = isMap(value) ? value.get('jobs') : undefined;
    if (isSeq(list) && list.items.some((item) => jobs.includes(jobOf(item)))) return String(key);
  }
  return 'connectors';
}

function setDeployment(
  document: WorkflowFile,
  list: YAMLSeq,
  name: string,
  requires: readonly string[],
): void {
  const filters = { branches: { only: 'main' } };
  const index = list.items.findIndex((item) => jobOf(item) === name);
  const before = index < 0 ? undefined : list.items[index];
  const value = isMap(before) ? before.get(name) : undefined;
  if (!isMap(value)) {
    const made = document.createNode({
      [name]: { ...(requires.length === 0 ? {} : { requires }), filters },
    });
    if (index < 0) list.items.push(made);
    else list.items[index] = made;
    return;
  }
  if (!value.has('filters')) value.set('filters', document.createNode(filters));
  const needed = value.get('requires');
  if (!isSeq(needed)) {
    if (requires.length > 0) value.set('requires', document.createNode(requires));
    return;
  }
  const known = needed.items.map(String);
  for (const job of requires) if (!known.includes(job)) needed.add(plainItem(job));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
