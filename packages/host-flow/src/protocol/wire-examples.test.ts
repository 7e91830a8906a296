import { describe, expect, test } from 'vitest';
import { plainBatch } from '../testing/arbitrary-message.ts';
import { captureRequests, captureResponses } from './capture-messages.ts';
import type { CodecName } from './codec.ts';
import { materializeRequests, materializeResponses } from './materialize-messages.ts';
import { messageReader } from './message-reader.ts';
import type { MessageSet } from './message-set.ts';
import { messageWriter } from './message-writer.ts';

type Message = { readonly is: string };

function read(set: MessageSet, codec: CodecName, bytes: Uint8Array, strict = false) {
  const reader = messageReader<Message>(set, { codec, strict });
  const found = reader.read(bytes).map(plainBatch);
  reader.end();
  return found;
}

const line = (text: string) => Buffer.from(`${text}\n`);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('the protocol pages of the platform', () => {
  test('frame a Spec request like this', () => {
    const bytes = hex('08 00 00 00 0a 06 08 07 12 02 7b 7d');
    const message = { is: 'spec', connectorType: 'IMAGE', config: Buffer.from('{}') };
    expect(read(captureRequests, 'proto', bytes)).toEqual([plainBatch(message)]);
    expect(messageWriter<Message>(captureRequests, 'proto').encode(message)).toEqual(
      new Uint8Array(bytes),
    );
  });

  test('frame a document like this', () => {
    const batch = {
      is: 'captured',
      binding: 1,
      documents: { bytes: line('{"a":1}'), ends: Uint32Array.of(8) },
    } as const;
    const bytes = hex('0d 00 00 00 32 0b 08 01 12 07 7b 22 61 22 3a 31 7d');
    const writer = messageWriter<Message>(captureResponses, 'proto');
    expect(Buffer.from(writer.encode(batch))).toEqual(bytes);
    expect(read(captureResponses, 'proto', bytes)).toEqual([plainBatch(batch)]);
  });

  test('write tuples of the older runtime as base64', () => {
    const lines = Buffer.concat([
      line('{"load":{"keyPacked":"FQE="}}'),
      line('{"load":{"keyPacked":"FQI="}}'),
    ]);
    expect(read(materializeRequests, 'json', lines)).toEqual([
      { is: 'load', binding: 0, packed: true, keys: ['\x15\x01', '\x15\x02'] },
    ]);
  });
});

describe('in JSON', () => {
  test('consecutive documents of a binding are one batch', () => {
    const lines = Buffer.concat([
      line('{"captured":{"binding":0,"doc":{"id":1}}}'),
      line(' { "captured" : { "doc" : {"id":2} , "binding" : 0 } } '),
      line('{"captured":{"doc":{"id":3}}}'),
      line('{"captured":{"binding":1,"doc":{"id":4}}}'),
      line('{"checkpoint":{}}'),
    ]);
    expect(read(captureResponses, 'json', lines)).toEqual([
      {
        is: 'captured',
        binding: 0,
        documents: { bytes: '{"id":1}\n{"id":2}\n{"id":3}\n', ends: [9, 18, 27] },
      },
      { is: 'captured', binding: 1, documents: { bytes: '{"id":4}\n', ends: [9] } },
      { is: 'checkpoint' },
    ]);
  });

  test('every part of a store is found, in any order', () => {
    const lines = Buffer.concat([
      line(
        '{"store":{"binding":3,"key":[1,"]}"],"values":[17,"\\"Ann"],"doc":{"a":[{}],"b":"}"},"exists":true}}',
      ),
      line(
        '{"store":{"delete":true,"later":{"x":[1]},"doc":{},"values":[],"key":[2],"binding":3}}',
      ),
    ]);
    expect(read(materializeRequests, 'json', lines)).toEqual([
      {
        is: 'store',
        binding: 3,
        packed: false,
        keys: ['[1,"]}"]', '[2]'],
        values: ['[17,"\\"Ann"]', '[]'],
        documents: ['{"a":[{}],"b":"}"}', '{}'],
        flags: '\x01\x02',
      },
    ]);
  });

  test('what is left out has its default', () => {
    expect(read(captureRequests, 'json', line('{"open":{"range":{"keyEnd":4294967295}}}'))).toEqual(
      [
        {
          is: 'open',
          version: '',
          range: { keyBegin: 0, keyEnd: 4294967295, rClockBegin: 0, rClockEnd: 0 },
        },
      ],
    );
  });

  test('digits beyond a double and any spacing of embedded JSON stay', () => {
    const text = '{"open":{"state":{"a" : 12345678901234567890.10}}}';
    expect(read(captureRequests, 'json', line(text))).toMatchObject([
      { state: '{"a" : 12345678901234567890.10}' },
    ]);
  });

  test.each([
    ['names of the protobuf definition', '{"sourced_schema":{"binding":1,"schema_json":{}}}'],
    ['the other spelling', '{"sourcedSchema":{"binding":1,"schema_json":{}}}'],
  ])('%s are understood', (_what, text) => {
    expect(read(captureResponses, 'json', line(text), true)).toEqual([
      { is: 'sourcedSchema', binding: 1, documentSchema: '{}' },
    ]);
  });

  test('members that nobody knows are skipped in requests', () => {
    const text = '{"$internal":"AA==","later":{},"acknowledge":{"checkpoints":2,"more":[1]}}';
    expect(read(captureRequests, 'json', line(text))).toEqual([
      { is: 'acknowledge', checkpoints: 2 },
    ]);
  });

  test.each([
    '{"captured":{"binding":0,"doc":{},"more":1}}',
    '{"checkpoint":{"stat":{}}}',
    '{"checkpoint":{},"more":{}}',
    '{"later":{}}',
  ])('members that nobody knows are refused in responses: %s', (text) => {
    expect(() => read(captureResponses, 'json', line(text), true)).toThrow(/member/);
  });

  test.each([
    ['malformed', '{"spec":', /malformed JSON/],
    ['no object', '17', /malformed JSON/],
    ['of no kind', '{}', /of no known kind/],
    ['of two kinds', '{"acknowledge":{},"spec":{}}', /one message, not two/],
    ['followed by more', '{"acknowledge":{}} {}', /malformed JSON/],
    ['with a wrong number', '{"acknowledge":{"checkpoints":-1}}', /a uint32 is expected/],
    ['with a lone surrogate', '{"discover":{"name":"\\ud800"}}', /lone surrogate/],
  ])('a request that is %s is refused', (_what, text, message) => {
    expect(() => read(captureRequests, 'json', line(text))).toThrow(message);
  });

  test.each([
    ['a word for a binding', '{"load":{"binding":x,"key":[]}}'],
    ['a key without end', '{"load":{"key":["a}}'],
    ['no base64', '{"load":{"keyPacked":"!"}}'],
    ['more after it', '{"load":{"key":[]}}}'],
    ['no comma', '{"load":{"key":[] "binding":1}}'],
  ])('a load with %s is refused', (_what, text) => {
    expect(() => read(materializeRequests, 'json', line(text))).toThrow(/malformed JSON/);
  });
});

test('a message that is too long is refused before all of it has come', () => {
  const json = messageReader<Message>(captureRequests, { codec: 'json', maxMessageBytes: 1000 });
  const proto = messageReader<Message>(captureRequests, { codec: 'proto', maxMessageBytes: 1000 });
  json.read(Buffer.alloc(600, 'x'));
  expect(() => json.read(Buffer.alloc(600, 'x'))).toThrow('longer than 1000 bytes');
  expect(() => proto.read(hex('ff ff 00 00'))).toThrow('longer than 1000 bytes');
});

test('an input that ends in the middle of a message is refused', () => {
  for (const codec of ['json', 'proto'] as const) {
    const reader = messageReader<Message>(captureRequests, { codec });
    reader.read(codec === 'json' ? Buffer.from('{"sp') : hex('08 00 00 00 0a'));
    expect(() => reader.end()).toThrow('ended in the middle of a capture request');
  }
});

describe('a checkpoint of the runtime', () => {
  const checkpoint =
    '{"sources":{"a;b":{"readThrough":"2048","producers":[{"id":"AwkIBQc=","state":{"lastAck":"9900","begin":"-1"}}]}}}';
  const inJson = (text: string) => `{"startCommit":{"runtimeCheckpoint":${text}}}`;
  const sealed = (text: string): unknown => {
    const [message] = messageReader<Message>(materializeRequests, { codec: 'json' }).read(
      line(inJson(text)),
    );
    return message !== undefined && 'runtimeCheckpoint' in message
      ? message.runtimeCheckpoint
      : undefined;
  };
  const opened = (runtimeCheckpoint: unknown) => {
    const message = { is: 'opened', runtimeCheckpoint };
    const bytes = messageWriter<Message>(materializeResponses, 'json').encode(message);
    return Buffer.from(bytes).toString();
  };

  test('is kept as protobuf and comes back in JSON', () => {
    expect(opened(sealed(checkpoint))).toBe(`{"opened":{"runtimeCheckpoint":${checkpoint}}}\n`);
  });

  test('keeps members that nobody knows', () => {
    const text = checkpoint.replace('"lastAck"', '"later":[1],"lastAck"');
    expect(opened(sealed(text))).toBe(`{"opened":{"runtimeCheckpoint":${text}}}\n`);
  });

  test('keeps fields of protobuf that nobody knows', () => {
    const sentinel = hex('f8 ff ff ff 0f 01');
    const writer = messageWriter<Message>(materializeResponses, 'proto');
    const bytes = writer.encode({ is: 'opened', runtimeCheckpoint: sentinel } as Message);
    expect(read(materializeResponses, 'proto', bytes, true)).toEqual([
      {
        is: 'opened',
        runtimeCheckpoint: sentinel.toString('latin1'),
        disableLoadOptimization: false,
      },
    ]);
  });

  test('that starts from nothing is there, and empty', () => {
    expect(opened(hex('f8 ff ff ff 0f 01'))).toBe('{"opened":{"runtimeCheckpoint":{}}}\n');
  });
});
