import type { FunctionEndpoint } from '@fairlead/host-fivetran';

/** What a request or an answer says, as far as defects change it. */
interface Said {
  state?: unknown;
  sync_id?: string;
  setup_test?: boolean;
  customPayload?: unknown;
  delete?: unknown;
  insert?: Record<string, { id: number; text?: string; n?: number }[]>;
  hasMore?: boolean;
  schema?: Record<string, { primary_key: string[] }>;
  errorMessage?: string;
}

interface Call {
  readonly request: Said;
  /** Makes the call, with this request unless another one is given. */
  readonly answer: (request?: Said) => Promise<Said>;
}

/** Mistakes that a function can make, each by what it does about a call. */
export const functionDefects = {
  'passes every test': async ({ request, answer }) =>
    request.setup_test === true ? { state: request.state ?? {}, hasMore: false } : await answer(),
  'changes the state in a test': async ({ request, answer }) =>
    request.setup_test === true ? { ...(await answer()), state: {} } : await answer(),
  'fails each test': async ({ request, answer }) =>
    request.setup_test === true ? { errorMessage: 'no' } : await answer(),
  'loses a row': async ({ answer }) => withRows(await answer(), (rows) => rows.slice(1)),
  'has a row twice under another key': async ({ answer }) =>
    withRows(await answer(), (rows) => [
      ...rows,
      ...rows.map((row) => ({ ...row, id: row.id + 100 })),
    ]),
  'leaves a member out': async ({ answer }) =>
    withRows(await answer(), (rows) => rows.map((row) => without(row, 'text'))),
  'has no keys': async ({ answer }) => {
    return without(await answer(), 'schema');
  },
  'has a column too many in its keys': async ({ answer }) => {
    const said = await answer();
    const tables = Object.keys(said.schema ?? {}).map((table) => [
      table,
      { primary_key: ['id', 'text'] },
    ]);
    return {
      ...withRows(said, (rows) => rows.map((row) => ({ ...row, text: row.text ?? '' }))),
      schema: Object.fromEntries(tables),
    };
  },
  'has another key': async ({ answer }) => {
    const { schema, ...said } = without(await answer(), 'delete');
    const tables = Object.keys(schema ?? {}).map((table) => [table, { primary_key: ['id', 'id'] }]);
    return { ...said, schema: Object.fromEntries(tables) };
  },
  'loses a row in a new sync': async ({ request, answer }) => {
    const isNew = request.sync_id !== undefined && request.sync_id !== 'sync 1';
    const said = await answer();
    return isNew && isBegun(request) ? withRows(said, (rows) => rows.slice(1)) : said;
  },
  'has answers without rows': async ({ request, answer }) => {
    const { isPaused, ...state } = Object(request.state ?? {});
    const isNext = request.sync_id === undefined || isPaused === true || !isBegun(request);
    if (isNext || !isOwn(request))
      return await answer({ ...request, ...(request.state === undefined ? {} : { state }) });
    return { state: { ...state, isPaused: true }, hasMore: true };
  },
  'reads all anew in each sync': async ({ request, answer }) => {
    const { sync } = Object(request.state ?? {});
    return await answer(sync === undefined && isOwn(request) ? { ...request, state: {} } : request);
  },
  'takes the state of others': async ({ request, answer }) =>
    await answer(isOwn(request) ? request : { ...request, state: {} }),
  'has no words for what is no request': async ({ answer }) => {
    const { errorMessage, ...rest } = await answer();
    return errorMessage?.startsWith('request') === true
      ? rest
      : { ...rest, ...(errorMessage === undefined ? {} : { errorMessage }) };
  },
} as const satisfies Record<string, (call: Call) => Promise<Said>>;

export type FunctionDefect = keyof typeof functionDefects | 'answers a repeated call with nothing';

/** A function that makes a mistake. */
export function defective(endpoint: FunctionEndpoint, defect: FunctionDefect): FunctionEndpoint {
  const seen = new Set<string>();
  return async (body, signal) => {
    const text = Buffer.from(body).toString();
    const request = requestIn(text);
    let status = 200;
    const answer = async (changed: Said = request ?? {}) => {
      const given = request === undefined ? body : Buffer.from(JSON.stringify(changed));
      const answered = await endpoint(given, signal);
      ({ status } = answered);
      return JSON.parse(Buffer.from(answered.body).toString()) as Said;
    };
    const isRepeated = seen.has(text);
    seen.add(text);
    let said: Said;
    if (defect !== 'answers a repeated call with nothing') {
      said = await functionDefects[defect]({ request: request ?? {}, answer });
    } else {
      said = await answer();
      if (isRepeated && request?.sync_id !== undefined) said = without(said, 'insert');
    }
    return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify(said)) };
  };
}

function requestIn(text: string): Said | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

type Rows = NonNullable<Said['insert']>[string];

function withRows(said: Said, change: (rows: Rows) => Rows): Said {
  if (said.insert === undefined) return said;
  const tables = Object.entries(said.insert).map(([table, rows]) => [table, change(rows)]);
  return { ...said, insert: Object.fromEntries(tables) };
}

function isBegun({ state }: Said): boolean {
  return Object.keys(Object(state)).length > 0;
}

function isOwn({ state }: Said): boolean {
  const { connector, bindings } = Object(state);
  return connector === 'source-memory' && typeof bindings === 'object';
}

function without<T extends object, Name extends keyof T>(value: T, name: Name): Omit<T, Name> {
  const copy = { ...value };
  delete copy[name];
  return copy;
}
