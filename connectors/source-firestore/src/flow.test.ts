import { fileURLToPath } from 'node:url';
import { testFlowCapture } from '@fairlead/testkit/suites';
import { firestore } from './index.ts';
import { testDatabase, testDocuments, wrongSettings } from './test-database.ts';

const suite = {
  async prepare() {
    return {
      ...(await testDatabase()),
      documents: testDocuments,
      contains: ['9007199254740993', '-0', '"ä\\n"'],
    };
  },
  wrong: wrongSettings,
  quietMs: 200,
  patienceMs: 60_000,
};

testFlowCapture({ source: firestore, ...suite });

const command = [fileURLToPath(new URL('../bin/source-firestore.js', import.meta.url))];
testFlowCapture({ command, maxStops: 2, codecs: ['proto'], ...suite });
