import { gzipSync } from 'node:zlib';
import { tempFolder } from '@fairlead/testkit';
import { testSource } from '@fairlead/testkit/suites';
import { file } from './index.ts';

testSource({
  source: file,
  async prepare() {
    const folder = await tempFolder();
    const rows = Array.from({ length: 40 }, (_, n) => `${n},name ${n},${n / 4}\n`).join('');
    await folder.write('orders-2024-01.csv', `id,name,price\n${rows}`);
    await folder.write('orders-2024-02.csv.gz', gzipSync(`id,name,price\n${rows}`));
    await folder.write('events.jsonl', '{"a":1}\n{"a":[2,{"b":null}]}\n');
    await folder.write('list.json', '[{"x":1.10},{"x":12345678901234567890},{}]');
    await folder.write('empty.csv', '');
    return {
      settings: { paths: '**', root: folder.path },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
  wrong: [
    { what: 'a file that does not exist', settings: { paths: '/no/such/file.csv' } },
    { what: 'a folder that does not exist', settings: { paths: '/no/such/folder/*.csv' } },
    { what: 'a pattern that finds nothing', settings: { paths: '/usr/*.no-such-ending' } },
    { what: 'a device', settings: { paths: '/dev/null' } },
  ],
});
