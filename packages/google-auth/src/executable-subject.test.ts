import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { executableSubject, splitCommand } from './executable-subject.ts';
import { surroundings } from './surroundings.ts';
import { fakeServer } from './testing/fake-server.ts';
import { failureOf, never, openForTest, type TestOptions } from './testing/open-for-test.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const allowed = { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' };
const good = {
  version: 1,
  success: true,
  token_type: 'urn:ietf:params:oauth:token-type:id_token',
  id_token: 'subject',
  expiration_time: Math.floor(Date.now() / 1_000) + 600,
};

describe('a command that gives a subject token', () => {
  test.each([
    { type: 'id_token', member: 'id_token' },
    { type: 'jwt', member: 'id_token' },
    { type: 'saml2', member: 'saml_response' },
  ])('is run, and its $type passed on', async ({ type, member }) => {
    const token_type = `urn:ietf:params:oauth:token-type:${type}`;
    await using run = await running({
      ...good,
      id_token: undefined,
      token_type,
      [member]: 'subject',
    });
    expect(await run.token()).toBe('given');
    const { form } = run.server.asked[0]!;
    expect(form.get('subject_token')).toBe('subject');
    expect(form.get('subject_token_type')).toBe(token_type);
  });

  test('is told what is wanted', async () => {
    const script = `const e = process.env; process.stdout.write(JSON.stringify({ ...${JSON.stringify(good)}, id_token:
      [e.GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE, e.GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE, e.GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE,
       e.GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL, e.MINE, process.argv[2]].join('|') }))`;
    const env = { ...allowed, MINE: 'mine' };
    await using run = await running(script, { env, actsFor: 'a@b.iam.gserviceaccount.com' });
    await run.token();
    expect(run.server.asked[0]?.form.get('subject_token')).toBe(
      'the-audience|urn:ietf:params:oauth:token-type:id_token|0|a@b.iam.gserviceaccount.com|mine|two words',
    );
  });

  test('is not run while what it left in its file is good', async () => {
    await using run = await running('process.exit(1)', { leaves: { ...good, id_token: 'left' } });
    expect(await run.token()).toBe('given');
    expect(run.server.asked[0]?.form.get('subject_token')).toBe('left');
  });

  test.each([
    { ...good, expiration_time: 1 },
    { ...good, expiration_time: undefined },
    { version: 1, success: false, code: '1', message: 'no' },
    'no JSON',
  ])('is run again when it left %j', async (leaves) => {
    await using run = await running(good, { leaves });
    await run.token();
    expect(run.server.asked[0]?.form.get('subject_token')).toBe('subject');
  });

  test.each<{ what: string; prints: unknown; failure: object }>([
    {
      what: 'fails',
      prints: 'process.stderr.write("secret"); process.exit(3)',
      failure: { kind: 'access', message: 'the command failed (exit code 3)' },
    },
    {
      what: 'is killed',
      prints: 'process.kill(process.pid, "SIGKILL")',
      failure: { kind: 'access', message: 'the command failed (SIGKILL)' },
    },
    {
      what: 'says no',
      prints: { version: 1, success: false, code: '401', message: 'Log in first.' },
      failure: { kind: 'access', message: 'the command gives no token (401: Log in first.)' },
    },
    {
      what: 'says no, and fails',
      prints: `process.stdout.write('{"version":1,"success":false,"code":"7","message":"no"}'); process.exitCode = 1`,
      failure: { kind: 'access', message: 'the command gives no token (7: no)' },
    },
    {
      what: 'prints something else',
      prints: 'process.stdout.write("hello")',
      failure: { kind: 'config', message: "the command's answer is no JSON object" },
    },
    {
      what: 'is of another version',
      prints: { ...good, version: 2 },
      failure: { kind: 'config', message: expect.stringContaining('version') },
    },
    {
      what: 'forgets the token',
      prints: { ...good, id_token: '' },
      failure: { kind: 'config', message: "the command's answer has no id_token" },
    },
    {
      what: 'forgets the type',
      prints: { ...good, token_type: undefined },
      failure: { kind: 'config', message: expect.stringContaining('no token_type') },
    },
    {
      what: 'gives an old token',
      prints: { ...good, expiration_time: 5 },
      failure: { kind: 'access', message: 'the token of the command has expired' },
    },
  ])('that $what is told of', async ({ prints, failure }) => {
    await using run = await running(prints);
    expect(await failureOf(run.token())).toMatchObject({ ...failure, where: process.execPath });
    expect(run.server.asked).toHaveLength(0);
  });

  test('that is not there is told of, without its arguments', async () => {
    await using run = await running(good, { command: '/nowhere/command --password hunter2' });
    const failure = await failureOf(run.token());
    expect(failure).toMatchObject({
      kind: 'config',
      message: 'the command cannot be run (ENOENT)',
      where: '/nowhere/command',
    });
    expect(failure.cause).toBeUndefined();
  });

  test('ends when the wait for it is aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('stop');
    await using started = await fakeServer(() => {
      stop.abort(reason);
      return undefined;
    });
    await using run = await running(`fetch('${started.url}'); setInterval(() => {}, 1000)`);
    await expect(run.token(stop.signal)).rejects.toBe(reason);
    expect(started.asked).toHaveLength(1);

    const command = `"${process.execPath}" -v`;
    const about = { audience: 'a', subjectTokenType: 'b', email: undefined, where: 'here' };
    const source = executableSubject({ command }, about)(surroundings({ env: allowed }));
    await expect(source({ signal: stop.signal })).rejects.toBe(reason);
  });

  test.each([undefined, '0', 'true'])('is refused unless it is allowed: %s', async (value) => {
    const env = { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: value };
    expect(await failureOf(running(good, { env }))).toMatchObject({
      kind: 'config',
      message: 'the credentials want to run a command, which is not allowed',
      hint: expect.stringContaining('GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1'),
    });
  });

  test.each([
    { more: { command: '' }, message: /command is missing$/ },
    { more: { timeout_millis: 4_999 }, message: /from 5000 to 120000$/ },
    { more: { timeout_millis: '30s' }, message: /from 5000 to 120000$/ },
  ])('is checked: $more', async ({ more, message }) => {
    const failure = await failureOf(running(good, more));
    expect(failure.kind).toBe('config');
    expect(failure.message).toMatch(message);
  });
});

test.each([
  { command: '', words: [] },
  { command: ' a  b ', words: ['a', 'b'] },
  { command: '"/my tools/a" --x="b c" "d e"', words: ['/my tools/a', '--x="b c"', 'd e'] },
  { command: 'a $(rm -rf /)', words: ['a', '$(rm', '-rf', '/)'] },
])('the command $command is $words', ({ command, words }) => {
  expect(splitCommand(command)).toEqual(words);
});

interface Running extends TestOptions {
  readonly command?: string;
  readonly timeout_millis?: unknown;
  readonly leaves?: unknown;
  readonly actsFor?: string;
}

/** Credentials whose command is a script, or prints an answer. */
async function running(prints: unknown, more: Running = {}) {
  const { command, timeout_millis, leaves, actsFor, ...options } = more;
  const folder = await temporaryFolder();
  const expireTime = new Date(Date.now() + 3_600_000).toISOString();
  const json = { access_token: 'given', expires_in: 3_600, accessToken: 'given', expireTime };
  const server = await fakeServer(() => ({ json }));
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  const script = join(folder.path, 'a command.cjs');
  const print = `process.stdout.write(${JSON.stringify(JSON.stringify(prints))})`;
  await writeFile(script, typeof prints === 'string' ? prints : print);
  const output_file = join(folder.path, 'output');
  if (leaves !== undefined) {
    await writeFile(output_file, typeof leaves === 'string' ? leaves : JSON.stringify(leaves));
  }
  const acting = `${server.url}/serviceAccounts/${actsFor}:generateAccessToken`;
  const given = {
    type: 'external_account',
    audience: 'the-audience',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    token_url: `${server.url}/sts`,
    service_account_impersonation_url: actsFor === undefined ? undefined : acting,
    credential_source: {
      executable: {
        command: command ?? `"${process.execPath}" "${script}" "two words"`,
        timeout_millis,
        ...(leaves === undefined ? {} : { output_file }),
      },
    },
  };
  try {
    const credentials = await openForTest(given, { env: allowed, ...options });
    return {
      server,
      token: async (signal = never) => await credentials.token(signal),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
