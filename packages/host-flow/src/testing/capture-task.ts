import type { Json, Source } from '@fairlead/sdk';
import { type CaptureOptions, serveCapture } from '../capture/serve-capture.ts';
import {
  type CaptureConnector,
  type CaptureConversation,
  converse,
} from '../preview/capture-calls.ts';
import { launchInProcess } from '../preview/launch.ts';
import type { CodecName } from '../protocol/codec.ts';
import { jsonText } from '../protocol/json-text.ts';
import { recorded } from './record.ts';

/** A source as a capture within this process, and what it said and logged. */
export interface CaptureUnderTest extends CaptureConnector {
  /** All messages of all streams so far. */
  readonly transcript: string[];
  /** The log so far, as records. */
  readonly log: { readonly level: string; readonly message: string; readonly fields: Json }[];
}

export function captureOf(
  source: Source,
  codec: CodecName = 'json',
  options: CaptureOptions = {},
): CaptureUnderTest {
  const transcript: string[] = [];
  const log: CaptureUnderTest['log'] = [];
  const documentationUrl = 'https://docs.test/source';
  const launch = launchInProcess(
    (io) => serveCapture(source, { ...io, documentationUrl }, options),
    {
      onLog: (line) => log.push(JSON.parse(line)),
    },
  );
  return { launch: recorded(launch, transcript), codec, transcript, log };
}

export interface OpenOptions {
  readonly state?: Json;
  readonly range?: { readonly keyBegin?: number; readonly keyEnd?: number };
  readonly config?: Json;
  readonly inactive?: readonly string[];
}

/** An Open request for some streams, whose state keys are their names. */
export function openOf(streams: readonly string[], options: OpenOptions = {}) {
  const bindingOf = (stream: string) => ({
    resourceConfig: jsonText({ stream }),
    resourcePath: [stream],
    collection: { name: `acmeCo/${stream}`, key: ['/id'] },
    stateKey: stream,
  });
  return {
    is: 'open',
    capture: {
      name: 'acmeCo/source-test',
      connectorType: 'IMAGE',
      config: jsonText(options.config ?? { account: 'a' }),
      bindings: streams.map(bindingOf),
      inactiveBindings: (options.inactive ?? []).map(bindingOf),
      intervalSeconds: 300,
    },
    version: '0011',
    range: { keyBegin: 0, keyEnd: 0xffff_ffff, rClockEnd: 0xffff_ffff, ...options.range },
    state: jsonText(options.state ?? {}),
  } as const;
}

/** A session that has been opened. */
export async function openSession(
  connector: CaptureConnector,
  streams: readonly string[],
  options: OpenOptions = {},
): Promise<CaptureConversation> {
  const { talk } = await converse(connector);
  await talk.send(openOf(streams, options));
  await talk.expect('opened');
  return talk;
}
