// Compiles the WebAssembly kernels from AssemblyScript and writes each as a TypeScript module that
// holds its bytes in base64. `--check` writes nothing and fails when a committed module is not what
// its source compiles to.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const kernels = [
  { source: 'packages/json/kernel/json.ts', module: 'packages/json/src/kernel.gen.ts' },
  {
    source: 'packages/file-capture/kernel/csv.ts',
    module: 'packages/file-capture/src/csv/kernel.gen.ts',
  },
  {
    source: 'packages/parquet/kernel/dictionary.ts',
    module: 'packages/parquet/src/kernel.gen.ts',
  },
  {
    source: 'packages/host-io/kernel/splice.ts',
    module: 'packages/host-io/src/splice-kernel.gen.ts',
  },
  {
    source: 'packages/host-flow/kernel/flow.ts',
    module: 'packages/host-flow/src/protocol/kernel.gen.ts',
  },
  {
    source: 'packages/host-airbyte/kernel/unwrap.ts',
    module: 'packages/host-airbyte/src/destination/kernel.gen.ts',
  },
  {
    source: 'packages/host-fivetran/kernel/keys.ts',
    module: 'packages/host-fivetran/src/function/kernel.gen.ts',
  },
  {
    source: 'connectors/source-firestore/kernel/transcode.ts',
    module: 'connectors/source-firestore/src/wire/kernel.gen.ts',
  },
  {
    source: 'connectors/source-fauna/kernel/page.ts',
    module: 'connectors/source-fauna/src/wire/kernel.gen.ts',
  },
];
const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];

const check = process.argv.includes('--check');
const scratch = mkdtempSync(join(tmpdir(), 'fairlead-kernels-'));
let stale = 0;
for (const { source, module } of kernels) {
  if (!existsSync(join(root, source))) continue;
  const wasm = join(scratch, 'kernel.wasm');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  execFileSync(process.execPath, [compiler, join(root, source), ...flags, '-o', wasm], {
    stdio: 'inherit',
  });
  const bytes = readFileSync(wasm);
  const text = [
    `// Compiled from ${source} by \`npm run build:kernels\`. Do not edit.`,
    `export const kernelBase64 =`,
    `  '${bytes.toString('base64')}';`,
    '',
  ].join('\n');
  const path = join(root, module);
  if (!check) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${module} is not what ${source} compiles to; run: npm run build:kernels`);
    stale++;
  }
  console.log(`${source}: ${bytes.length} bytes`);
}
rmSync(scratch, { recursive: true });
process.exit(stale === 0 ? 0 : 1);
