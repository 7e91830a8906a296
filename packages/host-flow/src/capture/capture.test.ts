import { checkpoint, documents, expectGolden, memorySource, type Step } from '@fairlead/testkit';
import { Op } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { callOnce, captureSpec, discoverCapture } from '../preview/capture-calls.ts';
import type { CodecName } from '../protocol/codec.ts';
import { jsonText } from '../protocol/json-text.ts';
import { captureOf, openSession } from '../testing/capture-task.ts';

const golden = (name: string) => new URL(`../../goldens/${name}`, import.meta.url);

const declared: Step = {
  is: 'schema',
  schema: { type: 'object', properties: { id: { type: 'integer' } } },
};

const shop = () =>
  memorySource({
    streams: [
      {
        name: 'users',
        schema: {
          type: 'object',
          properties: { id: { type: ['integer', 'null'] }, name: { type: 'string' } },
        },
        script: [
          declared,
          documents([
            { id: 1, name: 'Ann' },
            { id: 2, name: 'Bob' },
          ]),
          checkpoint,
          documents([{ id: 2 }], Op.delete),
          checkpoint,
        ],
      },
      {
        name: 'orders',
        key: ['/id'],
        script: [documents([{ id: 10, amount: 2n ** 60n }]), checkpoint],
      },
    ],
  });

const Users = { name: 'acmeCo/users', key: ['/id'], uuidPtr: '/_meta/uuid' };

describe.each<CodecName>(['json', 'proto'])('in %s, the transcript of', (codec) => {
  test('Spec is the golden one', async () => {
    const capture = captureOf(shop(), codec);
    await captureSpec(capture);
    expectGolden(golden(`spec.${codec}.txt`), capture.transcript.join('\n'));
  });

  test('Discover is the golden one', async () => {
    const capture = captureOf(shop(), codec);
    await discoverCapture(capture, { account: 'a', token: 'secret', sops: {} });
    expectGolden(golden(`discover.${codec}.txt`), capture.transcript.slice(2).join('\n'));
  });

  test('Validate is the golden one', async () => {
    const capture = captureOf(shop(), codec);
    await callOnce(capture, 'validated', {
      is: 'validate',
      name: 'acmeCo/source-test',
      connectorType: 'IMAGE',
      config: jsonText({ account: 'a' }),
      bindings: [
        {
          resourceConfig: jsonText({ stream: 'users', _meta: { path: ['users'] } }),
          collection: Users,
        },
        { resourceConfig: jsonText({ stream: 'orders' }), collection: { name: 'o' }, backfill: 2 },
      ],
    });
    expectGolden(golden(`validate.${codec}.txt`), capture.transcript.slice(2).join('\n'));
  });

  test('Apply is the golden one', async () => {
    const capture = captureOf(shop(), codec);
    await callOnce(capture, 'applied', {
      is: 'apply',
      capture: { name: 'acmeCo/source-test', connectorType: 'IMAGE', config: jsonText({}) },
      version: '0011',
      state: jsonText({}),
    });
    expectGolden(golden(`apply.${codec}.txt`), capture.transcript.slice(2).join('\n'));
  });

  test('Open, with acknowledgements, is the golden one', async () => {
    const capture = captureOf(shop(), codec);
    await using talk = await openSession(capture, ['users', 'orders'], {
      state: { bindingStateV1: { 'orders.v1': { at: 9 }, gone: { at: 1 }, other: { at: 2 } } },
      inactive: ['gone'],
    });
    let checkpoints = 0;
    while (checkpoints < 6) {
      const response = await talk.next();
      if (response?.is === 'checkpoint') checkpoints++;
    }
    await talk.send({ is: 'acknowledge', checkpoints: 2 });
    await talk.send({ is: 'acknowledge', checkpoints: 4 });
    await talk.finish();
    expectGolden(golden(`open.${codec}.txt`), capture.transcript.slice(2).join('\n'));
  });
});

test('the log tells the user what the task is doing', async () => {
  const capture = captureOf(shop());
  await using talk = await openSession(capture, []);
  await talk.finish();
  expect(capture.log).toMatchObject([
    {
      level: 'info',
      message: 'Capture started, no bindings are enabled',
      fields: { eventType: 'connectorStatus' },
    },
  ]);
});
