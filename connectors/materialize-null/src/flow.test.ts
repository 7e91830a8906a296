import { testFlowMaterialization } from '@fairlead/testkit/suites';
import { nul } from './index.ts';

testFlowMaterialization({
  materialization: nul,
  keeps: false,
  prepare: async () => ({ settings: {} }),
});
