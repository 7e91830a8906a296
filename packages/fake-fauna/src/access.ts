/** What a secret may do: a role of the system, or one that lists what may be read and written. */
export type Role = 'admin' | 'server' | 'server-readonly' | 'client' | CustomRole;

/** Names of what a key may do something with; `*` stands for all. */
export interface CustomRole {
  /** Collections whose documents may be read. */
  readonly read?: readonly string[];
  /** Collections whose documents may be written. */
  readonly write?: readonly string[];
  /** Collections whose documents' versions may be read. */
  readonly history?: readonly string[];
  readonly indexes?: readonly string[];
  /** Indexes that give all they hold, whatever else may not be read. */
  readonly unrestricted?: readonly string[];
  /** Kinds of objects of the schema, such as `collections`, that may be listed and got. */
  readonly listings?: readonly string[];
}

/** What may be done in one request. */
export interface Access {
  canRead(collection: string): boolean;
  canWrite(collection: string): boolean;
  canReadHistory(collection: string): boolean;
  canReadIndex(index: string): boolean;
  isUnrestricted(index: string): boolean;
  canList(listing: string): boolean;
  canChangeSchema(): boolean;
}

/** The access a role gives. */
export function accessOf(role: Role): Access {
  if (role === 'admin' || role === 'server') return systemAccess(true, true);
  if (role === 'server-readonly') return systemAccess(true, false);
  if (role === 'client') return systemAccess(false, false);
  const has = (names: readonly string[] | undefined) => (name: string) =>
    names !== undefined && (names.includes(name) || names.includes('*'));
  return {
    canRead: has(role.read),
    canWrite: has(role.write),
    canReadHistory: has(role.history),
    canReadIndex: has([...(role.indexes ?? []), ...(role.unrestricted ?? [])]),
    isUnrestricted: has(role.unrestricted),
    canList: has(role.listings),
    canChangeSchema: () => false,
  };
}

function systemAccess(reads: boolean, writes: boolean): Access {
  return {
    canRead: () => reads,
    canWrite: () => writes,
    canReadHistory: () => reads,
    canReadIndex: () => reads,
    isUnrestricted: () => reads,
    canList: () => reads,
    canChangeSchema: () => writes,
  };
}
