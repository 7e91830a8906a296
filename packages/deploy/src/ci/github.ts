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
import { mapAt, openWorkflow, setDefault, setMarked, workflowText } from './workflow-file.ts';

export const githubFile = '.github/workflows/connectors.yml';

/**
 * The workflow of GitHub for a project: what there is, with the jobs that test connectors and deploy
 * functions brought up to date.
 * @throws {Failure} config, for a file that is no YAML.
 */
export function githubText(
  project: CiProject,
  before: string | undefined,
  replace = false,
): CiText {
  const document = openWorkflow(before, githubFile);
  setDefault(document, 'name', 'connectors');
  setDefault(document, 'on', { pull_request: {}, push: { branches: ['main'] } });
  setDefault(document, 'permissions', { contents: 'read' });
  const jobs = new Map<string, unknown>();
  for (const connector of project.connectors.filter(({ isPackage }) => isPackage)) {
    jobs.set(buildJob(connector), testJob(project, connector));
  }
  for (const deployment of project.deployments) {
    jobs.set(deployJob(deployment), deploymentJob(project, deployment));
  }
  const kept = setMarked(document, mapAt(document, ['jobs']), jobs, replace);
  const notices = kept.map(
    (name) => `${githubFile}: "${name}" is not marked, so it was left alone`,
  );
  return { text: workflowText(document), notices };
}

const checkout = { uses: 'actions/checkout@v4', with: { 'fetch-depth': 0 } };

/** What was there before a push, empty for the first one of a branch. */
const before = '${{ github.event.before }}';

function testJob(project: CiProject, connector: CiConnector): object {
  const { folder } = connector;
  const when = { if: "steps.look.outputs.changed == 'yes'" };
  const script = [
    'files=$(git diff --name-only "origin/$BASE...HEAD")',
    changedScript(ownFiles(connector)),
    'if [ "$EVENT" != pull_request ]; then changed=yes; fi',
    'echo "changed=$changed" >> "$GITHUB_OUTPUT"',
  ].join('\n');
  return {
    'runs-on': 'ubuntu-latest',
    steps: [
      checkout,
      {
        name: 'See what has changed',
        id: 'look',
        env: { BASE: "${{ github.base_ref || 'main' }}", EVENT: '${{ github.event_name }}' },
        run: `${script}\n`,
      },
      { ...when, ...node(project) },
      { ...when, ...run('Install', installCommands(project, connector)) },
      { ...when, ...run('Build', `npm run build --if-present --prefix ${folder}`) },
      { ...when, ...run('Test', `npm run test --if-present --prefix ${folder}`) },
    ],
  };
}

function deploymentJob(project: CiProject, deployment: Deployment): object {
  const { name, environment } = deployment;
  const connector = connectorOf(project, deployment);
  const needs = connector?.isPackage === true ? [buildJob(connector)] : [];
  return {
    ...(needs.length === 0 ? {} : { needs }),
    if: "github.event_name == 'push' && github.ref == 'refs/heads/main'",
    'runs-on': 'ubuntu-latest',
    ...(environment === undefined ? {} : { environment }),
    // A second push waits for the first one.
    concurrency: deployJob(deployment),
    permissions: { contents: 'read', 'id-token': 'write' },
    steps: [
      checkout,
      node(project),
      run('Install', installCommands(project, connector)),
      ...signIn(deployment),
      {
        name: 'Deploy',
        env: { BEFORE: before },
        run: `npx fairlead deploy ${name} --changed-since "$BEFORE"`,
      },
    ],
  };
}

/** Steps after which the commands of a cloud work, without keys that last. */
function signIn({ target, region }: Deployment): readonly object[] {
  switch (target.is) {
    case 'gcf':
    case 'cloudrun':
      return [
        {
          uses: 'google-github-actions/auth@v2',
          with: {
            workload_identity_provider: '${{ vars.GCLOUD_WORKLOAD_IDENTITY_PROVIDER }}',
            service_account: '${{ vars.GCLOUD_SERVICE_ACCOUNT }}',
            ...('project' in target ? {} : { project_id: '${{ vars.GCLOUD_PROJECT }}' }),
          },
        },
        { uses: 'google-github-actions/setup-gcloud@v2' },
      ];
    case 'lambda':
      return [
        {
          uses: 'aws-actions/configure-aws-credentials@v4',
          with: { 'role-to-assume': '${{ vars.AWS_ROLE }}', 'aws-region': region },
        },
      ];
    case 'azure':
      return [
        {
          uses: 'azure/login@v2',
          with: {
            'client-id': '${{ vars.AZURE_CLIENT_ID }}',
            'tenant-id': '${{ vars.AZURE_TENANT_ID }}',
            'subscription-id': '${{ vars.AZURE_SUBSCRIPTION_ID }}',
          },
        },
      ];
  }
}

function node({ hasLock }: CiProject): object {
  return {
    uses: 'actions/setup-node@v4',
    with: { 'node-version': 22, ...(hasLock ? { cache: 'npm' } : {}) },
  };
}

function run(name: string, command: string): object {
  return { name, run: command.includes('\n') ? `${command}\n` : command };
}
