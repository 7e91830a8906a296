import { fileURLToPath } from 'node:url';
import { testFlowCapture } from '@fairlead/testkit/suites';
import { fauna } from './index.ts';
import {
  followed,
  followedDocuments,
  testDatabase,
  wrongSettings,
} from './testing/test-database.ts';

function suiteOf(apiVersion: '4' | '10') {
  return {
    async prepare() {
      return {
        ...(await testDatabase({ apiVersion })),
        // What has no index is read again at each start.
        streams: followed,
        documents: followedDocuments,
        contains: [
          '9007199254740993',
          '"ä\\n"',
          '{"id":"1","collection":"users","type":"document"}',
        ],
      };
    },
    wrong: wrongSettings,
    quietMs: 200,
    patienceMs: 60_000,
  };
}

testFlowCapture({ source: fauna, maxStops: 5, ...suiteOf('4') });

const inFql = { ...fauna, name: `${fauna.name}-v10` };
testFlowCapture({ source: inFql, codecs: ['proto'], maxStops: 3, ...suiteOf('10') });

const command = [fileURLToPath(new URL('../bin/source-fauna.js', import.meta.url))];
testFlowCapture({ command, maxStops: 2, codecs: ['proto'], ...suiteOf('4') });
