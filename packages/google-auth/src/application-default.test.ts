import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureOf, openForTest } from './testing/open-for-test.ts';
import { serviceAccountKey } from './testing/service-account-key.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const user = {
  type: 'authorized_user',
  client_id: 'a',
  client_secret: 'b',
  refresh_token: 'c',
  quota_project_id: 'payer',
};
const name = 'application_default_credentials.json';

describe('the credentials of the environment', () => {
  test('are in the file that GOOGLE_APPLICATION_CREDENTIALS names, before all others', async () => {
    await using home = await homeWith({
      'key.json': serviceAccountKey,
      [`.config/gcloud/${name}`]: user,
    });
    const env = { GOOGLE_APPLICATION_CREDENTIALS: join(home.path, 'key.json'), HOME: home.path };
    expect(await openForTest(undefined, { env })).toMatchObject({
      kind: 'service_account',
      projectId: 'demo-project',
    });
  });

  test.each<{ platform: NodeJS.Platform; variable: string; folder: string }>([
    { platform: 'linux', variable: 'HOME', folder: '.config/gcloud' },
    { platform: 'darwin', variable: 'HOME', folder: '.config/gcloud' },
    { platform: 'win32', variable: 'APPDATA', folder: 'gcloud' },
    { platform: 'linux', variable: 'CLOUDSDK_CONFIG', folder: '.' },
    { platform: 'win32', variable: 'CLOUDSDK_CONFIG', folder: '.' },
  ])('are where gcloud left them: $platform, $variable', async ({ platform, variable, folder }) => {
    await using home = await homeWith({ [`${folder}/${name}`]: user });
    const env = { HOME: '/nowhere', APPDATA: '/nowhere', [variable]: home.path };
    expect(await openForTest(undefined, { env, platform })).toMatchObject({
      kind: 'authorized_user',
      quotaProject: 'payer',
    });
  });

  test.each<{ what: string; env: object; project: string | undefined }>([
    {
      what: 'GOOGLE_CLOUD_PROJECT',
      env: { GOOGLE_CLOUD_PROJECT: 'one', GCLOUD_PROJECT: 'two' },
      project: 'one',
    },
    {
      what: 'GCLOUD_PROJECT',
      env: { GCLOUD_PROJECT: 'two', CLOUDSDK_CORE_PROJECT: 'x' },
      project: 'two',
    },
    { what: 'what gcloud is told', env: { CLOUDSDK_CORE_PROJECT: 'three' }, project: 'three' },
    { what: 'what gcloud is set to', env: {}, project: 'four' },
    {
      what: 'another setting of gcloud',
      env: { CLOUDSDK_ACTIVE_CONFIG_NAME: 'work' },
      project: 'five',
    },
    { what: 'nothing', env: { CLOUDSDK_ACTIVE_CONFIG_NAME: 'none' }, project: undefined },
  ])('are of the project that is said by $what', async ({ env, project }) => {
    const settings = (id: string) =>
      `[compute]\nproject = wrong\n[core]\naccount = a\nproject = ${id}\n[x]\n`;
    await using home = await homeWith({
      [`.config/gcloud/${name}`]: user,
      '.config/gcloud/active_config': 'default\n',
      '.config/gcloud/configurations/config_default': settings('four'),
      '.config/gcloud/configurations/config_work': settings('five'),
    });
    const given = { env: { HOME: home.path, ...env }, platform: 'linux' } as const;
    expect((await openForTest(undefined, given)).projectId).toBe(project);
  });

  test('say otherwise than those that are given, which follow themselves', async () => {
    await using home = await homeWith({
      'key.json': { ...serviceAccountKey, quota_project_id: 'a' },
    });
    const env = {
      GOOGLE_APPLICATION_CREDENTIALS: join(home.path, 'key.json'),
      GOOGLE_CLOUD_PROJECT: 'of-the-environment',
      GOOGLE_CLOUD_QUOTA_PROJECT: 'b',
    };
    expect(await openForTest(undefined, { env })).toMatchObject({
      projectId: 'of-the-environment',
      quotaProject: 'b',
    });
    const given = { ...serviceAccountKey, quota_project_id: 'a' };
    expect(await openForTest(given, { env })).toMatchObject({
      projectId: 'demo-project',
      quotaProject: 'a',
    });
    const user_ = { ...user, quota_project_id: undefined };
    expect(await openForTest(user_, { env })).toMatchObject({
      projectId: 'of-the-environment',
      quotaProject: 'b',
    });
  });

  test.each([
    { path: 'none.json', message: 'the file does not exist (ENOENT)' },
    { path: '.', message: 'the file cannot be read (EISDIR)' },
  ])('are missed when the file that is named is $path', async ({ path, message }) => {
    await using home = await homeWith({});
    const named = join(home.path, path);
    const env = { GOOGLE_APPLICATION_CREDENTIALS: named };
    expect(await failureOf(openForTest(undefined, { env }))).toMatchObject({
      kind: 'config',
      message,
      where: `GOOGLE_APPLICATION_CREDENTIALS, ${named}`,
    });
  });

  test('are missed when what gcloud left cannot be read', async () => {
    await using home = await homeWith({ [`.config/gcloud/${name}/x`]: '' });
    const given = { env: { HOME: home.path }, platform: 'linux' } as const;
    expect(await failureOf(openForTest(undefined, given))).toMatchObject({
      kind: 'config',
      message: 'the file cannot be read (EISDIR)',
      where: join(home.path, '.config/gcloud', name),
    });
  });

  test('are named by their path when they are no good', async () => {
    await using home = await homeWith({ 'key.json': { installed: {} } });
    const env = { GOOGLE_APPLICATION_CREDENTIALS: join(home.path, 'key.json') };
    expect((await failureOf(openForTest(undefined, { env }))).where).toBe(
      join(home.path, 'key.json'),
    );
  });
});

/** A folder with these files: texts as they are, anything else as JSON. */
async function homeWith(files: Readonly<Record<string, unknown>>) {
  const folder = await temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder.path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}
