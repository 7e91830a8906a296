import { createHash, randomBytes } from 'node:crypto';
import type { CustomRole, Role } from '../../access.ts';
import { fieldsOf, isCollection, isIndex } from '../../store/schema.ts';
import { stored } from '../../store/merge-fields.ts';
import { isObject, isRef, schemaRef, type FaunaObject, type Value } from '../../values/value.ts';
import { asList, asObject } from '../casts.ts';
import type { QueryContext } from '../env.ts';
import { permissionDenied, validationFailed, type Place } from '../failures.ts';
import { form, type Form } from '../form.ts';

const systemRoles = ['admin', 'server', 'server-readonly', 'client'] as const;

/** What makes keys: secrets with the rights of a role. */
export const keyForms: readonly Form[] = [
  form('create_key', (call) =>
    createKey(call.env.query, call.as('create_key', asObject), call.at('create_key')),
  ),
];

/** Makes a key, and gives its document: the only time that its secret is told. */
function createKey(query: QueryContext, params: FaunaObject, place: Place): Value {
  if (!query.access.canChangeSchema()) throw permissionDenied(place);
  const role = roleOf(params.get('role') ?? null, place);
  const secret = `fn${randomBytes(24).toString('base64url')}`;
  const fields = stored(new Map([...params, ['hashed_secret', hashOf(secret)]]));
  const object = query.transaction.createOther('keys', String(query.database.nextId()), fields);
  query.secrets.set(secret, role);
  query.transaction.undoing(() => void query.secrets.delete(secret));
  query.counts.writes++;
  const told = new Map([...fields, ['secret', secret] as const]);
  return {
    kind: 'document',
    ref: schemaRef(object),
    ts: query.transaction.ts,
    fields: told,
    isNew: true,
  };
}

/** Whoever deletes a key makes its secret unknown. */
export function forgetKey({ secrets, transaction }: QueryContext, fields: FaunaObject): void {
  for (const [secret, role] of secrets) {
    if (fields.get('hashed_secret') !== hashOf(secret)) continue;
    secrets.delete(secret);
    transaction.undoing(() => void secrets.set(secret, role));
  }
}

/** The rights of a role of the system, of one that was made, or of several. */
function roleOf(value: Value, place: Place): Role {
  const system = systemRoles.find((name) => name === value);
  if (system !== undefined) return system;
  const roles = asList(value).flatMap((one) =>
    isRef(one) && one.to === 'schema' && one.object.listing === 'roles' ? [one.object] : [],
  );
  if (roles.length === 0) {
    throw validationFailed(place, ['role'], 'value required', 'Required value not found.');
  }
  const rights = emptyRights();
  for (const role of roles) {
    for (const privilege of asList(fieldsOf(role).get('privileges') ?? [])) {
      if (isObject(privilege)) grant(rights, privilege);
    }
  }
  return rights;
}

function emptyRights(): { [Right in keyof CustomRole]-?: string[] } {
  return { read: [], write: [], history: [], indexes: [], unrestricted: [], listings: [] };
}

/** Adds what a privilege allows. One that depends on a lambda allows nothing here. */
function grant(rights: ReturnType<typeof emptyRights>, privilege: FaunaObject): void {
  const resource = privilege.get('resource');
  const actions = privilege.get('actions');
  const allows = (...names: string[]) =>
    isObject(actions) && names.some((name) => actions.get(name) === true);
  if (!isRef(resource)) return;
  if (resource.to === 'native' && allows('read')) rights.listings.push(resource.name);
  if (resource.to !== 'schema') return;
  const { object } = resource;
  if (isIndex(object)) {
    if (allows('read')) rights.indexes.push(object.name);
    if (allows('unrestricted_read')) rights.unrestricted.push(object.name);
  } else if (isCollection(object)) {
    if (allows('read')) rights.read.push(object.name);
    if (allows('history_read')) rights.history.push(object.name);
    if (allows('create', 'write', 'delete')) rights.write.push(object.name);
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
