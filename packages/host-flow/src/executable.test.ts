import { buildProgram } from '@fairlead/testkit';
import { testFlowCapture, testFlowMaterialization } from '@fairlead/testkit/suites';
import { afterAll } from 'vitest';

// Connectors as processes of their own, in both codecs.

const capture = await buildProgram(new URL('testing/main-capture.ts', import.meta.url));
const materialize = await buildProgram(new URL('materialize/test-connector.ts', import.meta.url));

afterAll(async () => {
  await capture[Symbol.asyncDispose]();
  await materialize[Symbol.asyncDispose]();
});

testFlowCapture({
  command: capture.command,
  maxStops: 1,
  prepare: async () => ({ settings: { account: 'a' }, documents: 3 }),
});

testFlowMaterialization({
  command: [...materialize.command, 'null'],
  commits: 'at-least-once',
  keeps: false,
  prepare: async () => ({ settings: {} }),
});
