import {
  type CodecName,
  jsonText,
  type MessageSet,
  messageWriter,
  protocolVersion,
} from '@fairlead/host-flow';
import type { Json } from '@fairlead/sdk';
import { expectNone, expectSame, expectThat } from '../check.ts';
import { wrongSettings } from '../wrong-settings.ts';
import { exchange, type Exchange, expectFailed, recordOf } from './exchange.ts';
import type { FlowStart } from './flow-start.ts';
import { malformedInputs } from './malformed-inputs.ts';

/** A connector of either protocol, and settings that work. */
export interface TransportSubject {
  readonly start: FlowStart;
  readonly codec: CodecName;
  readonly settings: Json;
  readonly requests: MessageSet;
  readonly responses: MessageSet;
  /** Settings that cannot work. */
  readonly wrong: readonly { readonly what: string; readonly settings: unknown }[];
}

export interface TransportCheck {
  readonly name: string;
  readonly run: (subject: TransportSubject) => Promise<void>;
}

/** How any connector reads requests, answers, logs and ends. */
export function transportChecks(): TransportCheck[] {
  return [
    {
      name: 'a spec needs no settings, and the end of the input after it ends the connector well',
      async run(subject) {
        const { responses } = await succeed(subject, [spec]);
        expectThat(responses[0]?.protocol === protocolVersion, 'it speaks another protocol');
      },
    },
    {
      name: 'an input without requests is no failure',
      run: async (subject) => void (await succeed(subject, [])),
    },
    {
      name: 'one process answers one request after the other, and says nothing else',
      async run(subject) {
        const { responses } = await succeed(subject, [spec, spec, validate(subject)]);
        const told = responses.map(({ is }) => is);
        expectSame(told, ['spec', 'spec', 'validated'], 'the answers');
      },
    },
    {
      name: 'requests come in any pieces',
      async run(subject) {
        const requests = Buffer.concat([spec, validate(subject)].map(encoder(subject)));
        const pieces = [
          [requests],
          [...requests].map((byte) => Uint8Array.of(byte)),
          [requests.subarray(0, 5), requests.subarray(5, -3), requests.subarray(-3)],
        ];
        for (const input of pieces) {
          const said = await talk(subject, input);
          expectSame(said.exit.code, 0, `the exit code (${said.exit.lastMessage})`);
          const told = said.responses.map(({ is }) => is);
          expectSame(told, ['spec', 'validated'], `the answers to ${input.length} pieces`);
        }
      },
    },
    {
      name: 'members that nobody knows are ignored in requests',
      async run(subject) {
        const { exit, responses } = await talk(subject, [unknownMembers[subject.codec]]);
        expectSame(exit.code, 0, `the exit code (${exit.lastMessage})`);
        expectSame(responses.length, 1, 'how many answers there are');
      },
    },
    {
      name: 'bad input is a failure, told by the last record of the log and the exit code',
      async run(subject) {
        const inputs = malformedInputs(subject, encoder(subject)(validate(subject)));
        for (const { what, input } of inputs) expectFailed(await talk(subject, input), what);
      },
    },
    {
      name: 'settings that do not fit are a failure that names the place',
      async run(subject) {
        const { responses } = await succeed(subject, [spec]);
        const schema = JSON.parse(Buffer.from(responses[0]?.configSchema ?? '{}').toString());
        const problems: string[] = [];
        for (const { what, settings, mentions } of wrongSettings(schema, subject.settings)) {
          const said = await ask(subject, [validate({ settings })]);
          expectFailed(said, what);
          if (!said.exit.lastMessage.includes(mentions)) {
            problems.push(`${what}: "${said.exit.lastMessage}" does not mention ${mentions}`);
          }
        }
        for (const { what, settings } of subject.wrong) {
          expectFailed(await ask(subject, [validate({ settings })]), what);
        }
        expectNone(problems);
      },
    },
    {
      name: 'the log is records on the standard error, of the level that is asked for',
      async run(subject) {
        const { log } = await ask(subject, [spec, validate(subject)], { logLevel: 'debug' });
        expectNone(log.flatMap(recordProblems));
        const failed = await ask(subject, [validate({ settings: 'text' })]);
        expectNone(failed.log.flatMap(recordProblems));
        const quiet = await ask(subject, [spec, validate(subject)], { logLevel: 'error' });
        expectSame(quiet.log, [], 'what is logged when only errors are asked for');
      },
    },
    {
      name: 'a connector that is asked to stop ends well',
      async run(subject) {
        const said = await ask(subject, [spec], { stops: true });
        expectSame(said.exit.code, 0, `the exit code (${said.exit.lastMessage})`);
      },
    },
  ];
}

/** A request as far as the two protocols have it in common. */
interface CommonRequest {
  readonly is: 'spec' | 'validate';
  readonly name?: string;
  readonly config: Uint8Array;
  readonly bindings?: readonly never[];
}

/** A response as far as the two protocols have it in common. */
interface CommonResponse {
  readonly is: string;
  readonly protocol?: number;
  readonly configSchema?: Uint8Array;
}

const spec: CommonRequest = { is: 'spec', config: jsonText({}) };

function validate({ settings }: { readonly settings: unknown }): CommonRequest {
  return { is: 'validate', name: 'acmeCo/test', config: jsonText(settings), bindings: [] };
}

function encoder({ requests, codec }: TransportSubject): (request: CommonRequest) => Buffer {
  const writer = messageWriter<CommonRequest>(requests, codec);
  return (request) => Buffer.from(writer.encode(request));
}

async function ask(
  subject: TransportSubject,
  requests: readonly CommonRequest[],
  options: { readonly logLevel?: string; readonly stops?: boolean } = {},
): Promise<Exchange<CommonResponse>> {
  return await talk(subject, requests.map(encoder(subject)), options);
}

async function talk(
  { start, codec, responses }: TransportSubject,
  input: Iterable<Uint8Array>,
  options: { readonly logLevel?: string; readonly stops?: boolean } = {},
): Promise<Exchange<CommonResponse>> {
  return await exchange<CommonResponse>({ start, codec, responses, input, ...options });
}

async function succeed(
  subject: TransportSubject,
  requests: readonly CommonRequest[],
): Promise<Exchange<CommonResponse>> {
  const said = await ask(subject, requests);
  expectSame(said.exit.code, 0, `the exit code (${said.exit.lastMessage})`);
  expectSame(said.responses.length, requests.length, 'how many answers there are');
  return said;
}

function recordProblems(line: string): string[] {
  const record = recordOf(line);
  if (record === undefined) return [`a line of the log is no record: ${line}`];
  if (record.message === '') return [`a record has no message: ${line}`];
  return levels.has(record.level) ? [] : [`a record has the level "${record.level}"`];
}

const levels: ReadonlySet<string> = new Set(
  'trace debug info warn warning error fatal panic'.split(' '),
);

/** A spec request with members of later versions, also within it. */
const unknownMembers: Readonly<Record<CodecName, Uint8Array>> = {
  json: Buffer.from(
    '{ "later" : [1, {"a":{}}], "spec":{"config":{},"later":"x"},"$internal":"AA=="}\n',
  ),
  // Field 90 in the message, and field 91 beside it.
  proto: Buffer.from('0e0000000a0912027b7dd205026869d80501', 'hex'),
};
