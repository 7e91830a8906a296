import { Failure } from '@fairlead/sdk';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { TokenRequest } from './credentials.ts';
import { jsonObject, type JsonObject, text } from './json-object.ts';
import { withoutSecrets } from './refusal.ts';
import type { SubjectSource, SubjectToken } from './subject-token.ts';
import type { Surroundings } from './surroundings.ts';

interface About {
  readonly audience: string;
  readonly subjectTokenType: string;
  /** The service account that is acted for afterwards. */
  readonly email: string | undefined;
  readonly where: string;
}

/**
 * A command of the user's that prints a token, as
 * https://google.aip.dev/auth/4117 ("Executable sourced credentials") lays down. It runs only where
 * the environment allows it, for the credentials may come from somebody else.
 */
export function executableSubject(source: JsonObject, about: About): SubjectSource {
  const { where } = about;
  const [file, ...args] = splitCommand(text(source['command']) ?? '');
  if (file === undefined) {
    throw new Failure('config', 'credential_source.executable.command is missing', { where });
  }
  const timeoutMs = source['timeout_millis'] ?? 30_000;
  if (typeof timeoutMs !== 'number' || timeoutMs < 5_000 || timeoutMs > 120_000) {
    const message = 'credential_source.executable.timeout_millis must be from 5000 to 120000';
    throw new Failure('config', message, { where });
  }
  const outputFile = text(source['output_file']);

  return (around) => {
    if (around.env['GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES'] !== '1') {
      throw new Failure('config', 'the credentials want to run a command, which is not allowed', {
        where,
        hint: 'If you trust them, set GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 in the environment.',
      });
    }
    const env = { ...around.env, ...environmentFor(about, outputFile) };
    return async (request) => {
      const before = await readOutput(outputFile, around.now());
      if (before !== undefined) return before;
      const output = await run({ file, args, env, timeoutMs, request });
      return readToken(output, file, around.now(), outputFile !== undefined);
    };
  };
}

function environmentFor(about: About, outputFile: string | undefined): Record<string, string> {
  return {
    GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE: about.audience,
    GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: about.subjectTokenType,
    GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE: '0',
    ...(about.email === undefined
      ? {}
      : { GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL: about.email }),
    ...(outputFile === undefined ? {} : { GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE: outputFile }),
  };
}

/** Words between spaces; quotation marks hold spaces together. No shell sees them. */
export function splitCommand(command: string): readonly string[] {
  const words = command.match(/(?:[^\s"]+|"[^"]*")+/g) ?? [];
  return words.map((word) => /^"([^"]*)"$/.exec(word)?.[1] ?? word);
}

/** What the command left in its file and is still good; a file that is not as it should be is passed over. */
async function readOutput(
  path: string | undefined,
  nowMs: number,
): Promise<SubjectToken | undefined> {
  if (path === undefined) return undefined;
  try {
    return readToken(await readFile(path, 'utf8'), path, nowMs, true);
  } catch {
    return undefined;
  }
}

interface Run {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Surroundings['env'];
  readonly timeoutMs: number;
  readonly request: TokenRequest;
}

async function run({ file, args, env, timeoutMs, request: { signal } }: Run): Promise<string> {
  return await new Promise((resolve, reject) => {
    const options = { env, timeout: timeoutMs, signal, encoding: 'utf8' } as const;
    execFile(file, args, options, (error, stdout) => {
      if (signal.aborted) reject(signal.reason);
      else if (error === null) resolve(stdout);
      else if (error.killed === true) {
        const message = `the command did not end within ${timeoutMs / 1_000} s`;
        reject(new Failure('transient', message, { where: file }));
      } else if (typeof error.code === 'string') {
        // Not its message, which repeats the arguments.
        const message = `the command cannot be run (${error.code})`;
        const hint = 'Check credential_source.executable.command.';
        reject(new Failure('config', message, { where: file, hint }));
      } else if (jsonObject(stdout)?.['success'] === false) {
        resolve(stdout);
      } else {
        const end = typeof error.code === 'number' ? `exit code ${error.code}` : error.signal;
        const message = `the command failed (${end ?? 'unknown'})`;
        const hint = 'Run it yourself to see why.';
        reject(new Failure('access', message, { where: file, hint }));
      }
    });
  });
}

/** The token of the JSON that a command prints, or leaves in a file. */
function readToken(
  output: string,
  where: string,
  nowMs: number,
  needsExpiration: boolean,
): SubjectToken {
  const answer = jsonObject(output);
  const unfit = (what: string) =>
    new Failure('config', `the command's answer ${what}`, {
      where,
      hint: 'Its form is described at https://google.aip.dev/auth/4117.',
    });
  if (answer === undefined) throw unfit('is no JSON object');
  if (answer['version'] !== 1) throw unfit('is of a version that is not known: it must be 1');
  if (answer['success'] !== true) {
    const said = [text(answer['code']), text(answer['message'])].filter(
      (part) => part !== undefined,
    );
    const message = `the command gives no token (${withoutSecrets(said.join(': '), [])})`;
    throw new Failure('access', message, { where });
  }
  const type = text(answer['token_type']) ?? '';
  const member = type.endsWith(':saml2') ? 'saml_response' : 'id_token';
  const value = text(answer[member]);
  if (!tokenTypes.includes(type)) throw unfit('has no token_type that is known');
  if (value === undefined) throw unfit(`has no ${member}`);
  const expiration = answer['expiration_time'];
  if (expiration === undefined && needsExpiration) throw unfit('has no expiration_time');
  if (typeof expiration === 'number' && expiration * 1_000 <= nowMs) {
    throw new Failure('access', 'the token of the command has expired', { where });
  }
  return { value, type, secrets: [] };
}

const tokenTypes: readonly string[] = [
  'urn:ietf:params:oauth:token-type:id_token',
  'urn:ietf:params:oauth:token-type:jwt',
  'urn:ietf:params:oauth:token-type:saml2',
];
