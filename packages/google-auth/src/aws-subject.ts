import { Failure } from '@fairlead/sdk';
import { checkAddress } from './address.ts';
import { type Answer, ask } from './ask.ts';
import { type AwsKeys, signAwsRequest } from './aws-signature.ts';
import type { TokenRequest } from './credentials.ts';
import { jsonObject, type JsonObject, text } from './json-object.ts';
import { type Refusal, refusalFailure } from './refusal.ts';
import type { SubjectSource } from './subject-token.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The proof of who we are at AWS: a signed request that would ask AWS for it (GetCallerIdentity),
 * which Google sends in our place. The keys come from the environment, or from the machine at AWS.
 * https://cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
 */
export function awsSubject(source: JsonObject, audience: string, where: string): SubjectSource {
  const verification = text(source['regional_cred_verification_url']);
  if (source['environment_id'] !== 'aws1' || verification === undefined) {
    throw new Failure('config', 'credential_source is of AWS, but not as it is known here', {
      where,
      hint: 'It needs environment_id aws1 and regional_cred_verification_url.',
    });
  }
  return (around) => async (request) => {
    const machine = awsMachine(source, where, request, around);
    const region = regionOf(around.env, where) ?? (await machine.region());
    const keys = keysOf(around.env) ?? (await machine.keys());
    const url = checkAddress(verification.replace('{region}', region), false);
    // AWS signs for the service that the host is named after: sts.eu-west-1.amazonaws.com.
    const [service = ''] = url.hostname.split('.');
    const headers = signAwsRequest(
      {
        method: 'POST',
        url,
        // Without it, whoever sees the request could use it for another pool.
        headers: { 'x-goog-cloud-target-resource': audience },
        body: '',
        service,
        region,
        atMs: around.now(),
      },
      keys,
    );
    const listed = Object.entries(headers).map(([key, value]) => ({ key, value }));
    const proof = {
      url: verification.replace('{region}', region),
      method: 'POST',
      headers: listed,
    };
    return {
      value: encodeURIComponent(JSON.stringify(proof)),
      secrets: [
        keys.secretAccessKey,
        ...(keys.sessionToken === undefined ? [] : [keys.sessionToken]),
      ],
    };
  };
}

/** The region becomes part of an address. */
const regionForm = /^[a-z]+(-[a-z0-9]+)+$/;

function regionOf(env: Surroundings['env'], where: string): string | undefined {
  const region = text(env['AWS_REGION']) ?? text(env['AWS_DEFAULT_REGION']);
  if (region === undefined || regionForm.test(region)) return region;
  const hint = 'Set it to a name such as eu-west-1.';
  throw new Failure('config', 'AWS_REGION is no region', { where, hint });
}

function keysOf(env: Surroundings['env']): AwsKeys | undefined {
  const accessKeyId = text(env['AWS_ACCESS_KEY_ID']);
  const secretAccessKey = text(env['AWS_SECRET_ACCESS_KEY']);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: text(env['AWS_SESSION_TOKEN']) };
}

/** What the metadata server of a machine at AWS tells; it wants a session first where one is named. */
function awsMachine(
  source: JsonObject,
  where: string,
  { signal, attempts }: TokenRequest,
  around: Surroundings,
) {
  const tell = async (url: string, headers: Record<string, string>, method: 'GET' | 'PUT') => {
    const secrets = Object.values(headers);
    const question = { url, method, headers, secrets, mayBePlain: true, timeoutMs: 5_000 } as const;
    return await ask({ ...question, refused: refusedByMachine, signal, attempts }, around);
  };
  let session: Promise<Record<string, string>> | undefined;
  const startSession = async (): Promise<Record<string, string>> => {
    const url = text(source['imdsv2_session_token_url']);
    if (url === undefined) return {};
    const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' };
    return { 'x-aws-ec2-metadata-token': (await tell(url, ttl, 'PUT')).text };
  };
  const get = async (url: string) => await tell(url, await (session ??= startSession()), 'GET');
  const address = (name: string, variables: string) => {
    const url = text(source[name]);
    if (url !== undefined) return url;
    const hint = `Set ${variables}, or give credential_source.${name}.`;
    throw new Failure('config', `credential_source.${name} is missing`, { where, hint });
  };

  return {
    async region(): Promise<string> {
      const answer = await get(address('region_url', 'AWS_REGION'));
      const region = answer.text.trim().slice(0, -1);
      if (!regionForm.test(region)) throw strange('zone', answer);
      return region;
    },
    async keys(): Promise<AwsKeys> {
      const url = address('url', 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
      const named = await get(url);
      const role = named.text.trim();
      if (!/^[\w+=,.@-]+$/.test(role)) throw strange('role', named);
      const answer = await get(`${url}/${role}`);
      const keys = jsonObject(answer.text);
      const accessKeyId = text(keys?.['AccessKeyId']);
      const secretAccessKey = text(keys?.['SecretAccessKey']);
      if (accessKeyId !== undefined && secretAccessKey !== undefined) {
        return { accessKeyId, secretAccessKey, sessionToken: text(keys?.['Token']) };
      }
      const hint = 'Check the role of the machine at AWS.';
      throw new Failure('access', 'AWS gives no keys', { where: answer.where, hint });
    },
  };
}

function refusedByMachine(refusal: Refusal): Failure {
  const hint = 'Check credential_source, and that the machine at AWS has a role.';
  return refusalFailure('access', 'AWS does not say who this machine is', refusal, hint);
}

function strange(what: string, { where }: Answer): Failure {
  const hint = 'Check the addresses in credential_source.';
  return new Failure('config', `the server that answers names no ${what} of AWS`, { where, hint });
}
