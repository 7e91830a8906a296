import { tempFolder } from '@fairlead/testkit';
import { testFlowCapture } from '@fairlead/testkit/suites';
import { file } from './index.ts';

testFlowCapture({
  source: file,
  async prepare() {
    const folder = await tempFolder();
    const rows = Array.from({ length: 12 }, (_, n) => `${n},name ${n},${n / 4}\n`).join('');
    await folder.write('orders-1.csv', `id,name,price\n${rows}`);
    await folder.write('orders-2.csv', `id,name,price\n${rows}`);
    await folder.write('list.json', '[{"x":1.10},{"x":12345678901234567890},{}]');
    return {
      settings: { paths: '**', root: folder.path },
      documents: 27,
      contains: ['12345678901234567890', '1.10'],
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
  wrong: [{ what: 'a file that does not exist', settings: { paths: '/no/such/file.csv' } }],
});
