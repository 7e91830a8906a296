import { create } from '@bufbuild/protobuf';
import {
  type ConfigurationFormResponse,
  type Record as WireRecord,
  TestResponseSchema,
  type UpdateResponse,
} from '@fairlead/host-fivetran/protocol';
import type { FivetranClient } from '../fivetran-client.ts';

type Messages = AsyncIterable<UpdateResponse>;
type UpdateContent = NonNullable<Parameters<FivetranClient['update']>[0]>;

/** Mistakes that a source can make in an update, each by what it does to the messages of it. */
const messageDefects = {
  'loses a row': (messages) => changed(messages, (records) => records.slice(1)),
  'sends a column that nobody knows': (messages) =>
    changed(messages, (records) =>
      records.map((record) => ({ ...record, data: { ...record.data, more: nothing } })),
    ),
  'sends no key': (messages) =>
    changed(messages, (records) =>
      records.map((record) => ({ ...record, data: withoutKey(record.data) })),
    ),
  'ends without a checkpoint': async function* (messages) {
    const all: UpdateResponse[] = [];
    for await (const message of messages) all.push(message);
    yield* all.slice(
      0,
      all.findLastIndex(({ operation }) => operation.case === 'checkpoint'),
    );
  },
  'sends a checkpoint before its rows': async function* (messages) {
    let held: UpdateResponse | undefined;
    for await (const message of messages) {
      const isHeld = held === undefined && message.operation.case === 'records';
      if (isHeld) held = message;
      else yield message;
      if (isHeld || held === undefined || message.operation.case !== 'checkpoint') continue;
      yield held;
      held = undefined;
    }
    if (held !== undefined) yield held;
  },
  'has a state that is no object': async function* (messages) {
    for await (const message of messages) {
      const { operation } = message;
      if (operation.case !== 'checkpoint') yield message;
      else {
        const value = {
          ...operation.value,
          stateJson: JSON.stringify([operation.value.stateJson]),
        };
        yield { ...message, operation: { ...operation, value } };
      }
    }
  },
  'sends more records than are taken': async function* (messages) {
    for await (const message of messages) {
      const { operation } = message;
      if (operation.case !== 'records') yield message;
      else {
        const records = Array.from({ length: 101 }, () => operation.value.records).flat();
        yield { ...message, operation: { ...operation, value: { ...operation.value, records } } };
      }
    }
  },
} as const satisfies Record<string, (messages: Messages) => AsyncIterable<UpdateResponse>>;

/** Mistakes that it can make about a request for an update. */
const requestDefects = {
  'reads what was not chosen': (content) => {
    const { configuration = {}, stateJson } = content;
    return { configuration, ...(stateJson === undefined ? {} : { stateJson }) };
  },
  'takes the state of others': ({ stateJson, ...content }) =>
    stateJson?.includes('"source-memory"') === true && !stateJson.includes('"bindings":7')
      ? { ...content, stateJson }
      : content,
  'reads all anew each time': ({ stateJson, ...content }) =>
    stateJson?.includes('another') === true || stateJson?.includes('"bindings":7') === true
      ? { ...content, stateJson }
      : content,
} as const satisfies Record<string, (content: UpdateContent) => UpdateContent>;

/** Mistakes in the other calls. */
const callDefects = {
  'has no tests': (client) => ({
    ...client,
    form: async () => ({ ...(await client.form()), tests: [] }),
  }),
  'has a form that changes': (client) => {
    let asked = 0;
    const form = async (): Promise<ConfigurationFormResponse> => {
      const { fields, ...rest } = await client.form();
      return {
        ...rest,
        fields: fields.map((field) => ({ ...field, label: `${field.label}${++asked}` })),
      };
    };
    return { ...client, form };
  },
  'passes every test': (client) => ({
    ...client,
    test: async () => create(TestResponseSchema, { response: { case: 'success', value: true } }),
  }),
  'fails each test': (client) => ({
    ...client,
    test: async () => create(TestResponseSchema, { response: { case: 'failure', value: 'no' } }),
  }),
  'has tables without columns': (client) => ({
    ...client,
    async schema(configuration) {
      const answer = await client.schema(configuration);
      if (answer.response.case === 'withoutSchema') {
        for (const table of answer.response.value.tables) table.columns = [];
      }
      return answer;
    },
  }),
} as const satisfies Record<string, (client: FivetranClient) => FivetranClient>;

export type SourceDefect =
  | keyof typeof messageDefects
  | keyof typeof requestDefects
  | keyof typeof callDefects
  | 'loses a row after a restart';

/** A source that makes a mistake. */
export function defective(client: FivetranClient, defect: SourceDefect): FivetranClient {
  if (isOf(callDefects, defect)) return callDefects[defect](client);
  return {
    ...client,
    async *update(content = {}, signal) {
      const asked = isOf(requestDefects, defect) ? requestDefects[defect](content) : content;
      const messages = client.update(asked, signal);
      const isRestart = defect === 'loses a row after a restart' && content.stateJson !== undefined;
      if (isRestart) yield* messageDefects['loses a row'](messages);
      else if (isOf(messageDefects, defect)) yield* messageDefects[defect](messages);
      else yield* messages;
    },
  };
}

function isOf<T extends object>(defects: T, name: string): name is Extract<keyof T, string> {
  return Object.hasOwn(defects, name);
}

const nothing: WireRecord['data'][string] = {
  $typeName: 'fivetran_sdk.v2.ValueType',
  inner: { case: 'null', value: true },
};

async function* changed(
  messages: Messages,
  change: (records: WireRecord[]) => WireRecord[],
): AsyncGenerator<UpdateResponse, void, undefined> {
  for await (const message of messages) {
    const { operation } = message;
    if (operation.case !== 'records') yield message;
    else {
      const value = { ...operation.value, records: change(operation.value.records) };
      yield { ...message, operation: { ...operation, value } };
    }
  }
}

function withoutKey(data: WireRecord['data']): WireRecord['data'] {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'id'));
}
