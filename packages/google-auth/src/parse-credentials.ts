import { validateJson } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { asObject, type JsonObject } from './json-object.ts';

/**
 * The object in the text of some credentials, which are known by their `type`.
 * @throws {Failure} config, which says what the text is instead, and never repeats it
 */
export function parseCredentials(content: string, where: string): JsonObject {
  const unfit = (what: string) => new Failure('config', what, { where, hint: wanted });
  const trimmed = content.replace(/^\uFEFF/, '').trim();
  const value = parseJson(trimmed, where);
  // Some tools give the file as a JSON text once more.
  if (typeof value === 'string') return parseCredentials(value, where);
  const json = asObject(value);
  if (json === undefined) throw unfit('the credentials are JSON, but no object');
  const other = otherObjects.find(({ has }) => has.every((name) => json[name] !== undefined));
  if (json['type'] === undefined && other !== undefined) throw unfit(`this is ${other.what}`);
  return json;
}

const wanted =
  'Give the JSON of a service account key: in the Google Cloud console under IAM & Admin, Service Accounts, Keys.';

/** The `type` of the credentials. Keys from before there were types have none. */
export function typeOf(json: JsonObject, where: string): string {
  const { type } = json;
  if (typeof type === 'string' && /^[a-z_]{1,50}$/.test(type)) return type;
  const isKey = json['client_email'] !== undefined && json['private_key'] !== undefined;
  if (type === undefined && isKey) return 'service_account';
  const what = type === undefined ? 'have no type' : 'have a type that is none';
  throw new Failure('config', `the credentials ${what}`, { where, hint: wanted });
}

function parseJson(content: string, where: string): unknown {
  if (content === '') {
    throw new Failure('config', 'the credentials are empty', { where, hint: wanted });
  }
  const bytes = Buffer.from(content);
  const fault = validateJson(bytes);
  if (fault === undefined) return JSON.parse(content);
  const other = otherTexts.find(({ like }) => like.test(content));
  if (other !== undefined) {
    throw new Failure('config', `this is ${other.what}`, { where, hint: other.hint ?? wanted });
  }
  if (content.startsWith('{') && !content.endsWith('}')) {
    const hint = 'Paste the whole file, to its last brace.';
    throw new Failure('config', 'the JSON of the credentials is cut off', { where, hint });
  }
  if (/"-----BEGIN [A-Z ]+-----[\r\n]/.test(content)) {
    const message = 'the private key has line breaks, which JSON writes as \\n';
    throw new Failure('config', message, { where, hint: 'Paste the file as Google made it.' });
  }
  const line = bytes.toString('latin1', 0, fault.offset).split('\n').length;
  const hint = 'Paste the file as Google made it.';
  throw new Failure('config', `the credentials are no JSON (line ${line})`, { where, hint });
}

/** Texts that people take for the credentials. */
const otherTexts: readonly { like: RegExp; what: string; hint?: string }[] = [
  { like: /^"?AIza[\w-]{30,}"?$/, what: 'an API key, which gives no access to data' },
  { like: /^-----BEGIN/, what: 'only a PEM text, not the JSON file that holds it' },
  { like: /^(Bearer )?ya29\./, what: 'an access token, which ends within the hour' },
  {
    like: /^(Bearer )?eyJ[\w-]+\.[\w-]+\.[\w-]*$/,
    what: 'a signed token, which ends within the hour',
  },
  { like: /^GOCSPX-/, what: 'the secret of an OAuth client' },
  {
    like: /^(ew|ey)[A-Za-z0-9+/\s_-]{20,}=*$/,
    what: 'JSON in base64',
    hint: 'Decode it first, or give the file as Google made it.',
  },
  { like: /^<(\?xml|!DOCTYPE plist|plist)/, what: 'the settings of an app for Apple devices' },
  {
    like: /^(~|\.{0,2}[/\\]|[A-Za-z]:\\)?[\w ./\\-]+\.json$/,
    what: 'the path of a file, not what is in it',
    hint: 'Give the content of the file, or set GOOGLE_APPLICATION_CREDENTIALS to the path.',
  },
  {
    like: /^[^\s@{}"]+@[^\s@{}"]+$/,
    what: 'the address of an account, not its key',
  },
];

/** Objects that people take for the credentials, by the members they have. */
const otherObjects: readonly { has: readonly string[]; what: string }[] = [
  { has: ['installed'], what: 'the file of an OAuth client (installed), not of a service account' },
  { has: ['web'], what: 'the file of an OAuth client (web), not of a service account' },
  {
    has: ['apiKey'],
    what: 'the configuration of a Firebase web app, which gives no access to data',
  },
  { has: ['project_info', 'client'], what: 'the google-services.json of an Android app' },
  { has: ['access_token'], what: 'the answer of a token server, which ends within the hour' },
  { has: ['keys'], what: 'a list of public keys' },
];
