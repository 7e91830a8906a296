import { testMaterialization } from '@fairlead/testkit/suites';
import { expect, test } from 'vitest';
import { connector, nul } from './index.ts';

testMaterialization({
  materialization: nul,
  keeps: false,
  prepare: async () => ({ settings: {} }),
});

test('is found by the name that hosts ask for', () => {
  expect(connector).toBe(nul);
});

test('is named by an address of a scheme alone', () => {
  expect(nul.address?.schemes).toEqual(['null']);
  expect(nul.config.parse(nul.address?.parse('null:'))).toEqual({});
});
