import { tempFolder } from '@fairlead/testkit';

/** What suites have to know: two tables, one of several files. */
export const suite = {
  async prepare() {
    const folder = await tempFolder();
    for (const part of [1, 2, 3]) {
      const rows = Array.from({ length: 9 }, (_, n) => `${part * 10 + n},name ${n},${n / 4}\n`);
      await folder.write(`orders-${part}.csv`, `id,name,price\n${rows.join('')}`);
    }
    await folder.write('events.jsonl', '{"a":1}\n{"a":12345678901234567890}\n');
    return {
      settings: { paths: ['**'], root: folder.path },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
  wrong: [{ what: 'a file that does not exist', settings: { paths: ['/no/such/file.csv'] } }],
};
