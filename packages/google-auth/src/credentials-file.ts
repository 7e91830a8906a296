import { Failure } from '@fairlead/sdk';
import { asObject, type JsonObject, text } from './json-object.ts';

/** What the tokens are for. */
export interface Purpose {
  /** Addresses such as `https://www.googleapis.com/auth/datastore`; any one of them must do. */
  readonly scopes: readonly string[];
  /** The service, such as `https://firestore.googleapis.com/`: lets a service account sign by itself. */
  readonly audience?: string | undefined;
}

/** The JSON of some credentials, and what is wanted of them. */
export interface CredentialsFile extends Purpose {
  readonly json: JsonObject;
  /** What messages call it: a path, or where it was given. */
  readonly where: string;
  readonly universeDomain: string;
  readonly quotaProject: string | undefined;
  /** A member that is a text; undefined when it is absent or empty. */
  get(name: string): string | undefined;
  /** @throws {Failure} config when it is absent or empty */
  need(name: string): string;
  /** A member that is a list of texts; empty when it is absent. @throws {Failure} config */
  list(name: string): readonly string[];
  /** A member that is an object; undefined when it is absent. */
  part(name: string): JsonObject | undefined;
  /** The failure for a member that is not as it must be. */
  missing(name: string): Failure;
  /** The credentials within these, for other scopes. */
  inner(name: string, scopes: readonly string[]): CredentialsFile | undefined;
}

export interface FileOptions extends Purpose {
  readonly where: string;
}

export function credentialsFile(json: JsonObject, options: FileOptions): CredentialsFile {
  const get = (name: string) => text(json[name]);
  const missing = (name: string) => {
    const state = json[name] === undefined ? 'is missing' : 'is empty or of the wrong type';
    return new Failure('config', `${name} ${state}`, {
      where: options.where,
      hint: 'Give the whole JSON file, unchanged.',
    });
  };
  const file: CredentialsFile = {
    json,
    where: options.where,
    scopes: options.scopes,
    audience: options.audience,
    universeDomain: domain(get('universe_domain') ?? 'googleapis.com', options.where),
    quotaProject: get('quota_project_id'),
    get,
    need(name) {
      const value = get(name);
      if (value === undefined) throw missing(name);
      return value;
    },
    list(name) {
      const listed: unknown = json[name] ?? [];
      const texts = Array.isArray(listed) ? listed.map(text) : [undefined];
      return texts.map((item) => {
        if (item === undefined) throw missing(name);
        return item;
      });
    },
    part: (name) => asObject(json[name]),
    missing,
    inner(name, scopes) {
      const within = asObject(json[name]);
      if (within === undefined) return undefined;
      return credentialsFile(within, { where: `${options.where}, ${name}`, scopes });
    },
  };
  return file;
}

/** A domain becomes part of addresses that secrets are sent to. */
function domain(name: string, where: string): string {
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)) return name.toLowerCase();
  throw new Failure('config', 'universe_domain is no domain', { where });
}
