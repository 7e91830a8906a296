import { Messages, serveDestination, serveSource } from '@fairlead/host-airbyte';
import { serveCapture, serveMaterialize, type FlowIo } from '@fairlead/host-flow';
import { silentLog, type Materialization, type Source } from '@fairlead/sdk';
import type { About } from '../about.ts';

/** What the connector answers when Estuary Flow asks what it is. */
export async function flowSpec(
  connector: Source | Materialization,
  { documentationUrl }: About,
): Promise<object> {
  const written = collect();
  const io: FlowIo = {
    input: () => once('{"spec":{"config":{}}}\n'),
    output: written.output,
    codec: 'json',
    log: silentLog,
    documentationUrl,
  };
  const code =
    'pull' in connector ? await serveCapture(connector, io) : await serveMaterialize(connector, io);
  return member(code, written.text(), 'spec');
}

/** What the connector answers to Airbyte's `spec`. */
export async function airbyteSpec(
  connector: Source | Materialization,
  { documentationUrl }: About,
): Promise<object> {
  const written = collect();
  const messages = new Messages(written.output);
  const io = {
    output: written.output,
    messages,
    complain: () => {},
    signal: new AbortController().signal,
  };
  const options = { documentationUrl };
  const code =
    'pull' in connector
      ? await serveSource(connector, ['spec'], io, options)
      : await serveDestination(connector, ['spec'], io, options);
  return member(code, written.text(), 'spec');
}

function collect() {
  const chunks: Uint8Array[] = [];
  const output = {
    write(bytes: Uint8Array) {
      chunks.push(bytes.slice());
      return undefined;
    },
    flush: async () => {},
    close: async () => {},
  };
  return { output, text: () => Buffer.concat(chunks).toString() };
}

async function* once(text: string) {
  yield Buffer.from(text);
}

/** A member of the only message that a host has written. */
function member(code: number, text: string, name: string): object {
  const message: unknown = code === 0 ? JSON.parse(text) : undefined;
  const value =
    typeof message === 'object' && message !== null
      ? (message as Readonly<Record<string, unknown>>)[name]
      : undefined;
  if (typeof value !== 'object' || value === null) throw new Error(`no ${name}: ${text}`);
  return value;
}
