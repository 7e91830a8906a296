// Writes src/protocol/*.gen.ts from proto/*.proto; with --check only says whether they are up to
// date. Needs no network: the compiler and its plugin are packages of the repository.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const target = join(here, 'src/protocol');
const require = createRequire(import.meta.url);
const check = process.argv.includes('--check');

const work = mkdtempSync(join(tmpdir(), 'fairlead-protos-'));
try {
  generate(work);
  format(work);
  const made = new Map(
    readdirSync(work)
      .filter((file) => file.endsWith('_pb.ts'))
      .map((file) => [file.replace('_pb.ts', '.gen.ts'), source(join(work, file))]),
  );
  const stale = check ? differing(made) : [];
  if (!check) for (const [file, text] of made) writeFileSync(join(target, file), text);
  if (stale.length > 0) {
    process.stderr.write(`out of date: ${stale.join(', ')}. Run: node scripts/build-protos.mjs\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true });
}

function generate(out) {
  const buf = join(dirname(require.resolve('@bufbuild/buf/package.json')), 'bin/buf');
  const plugin = join(
    dirname(require.resolve('@bufbuild/protoc-gen-es/package.json')),
    'bin/protoc-gen-es',
  );
  const template = {
    version: 'v2',
    plugins: [
      {
        local: [process.execPath, plugin],
        out,
        opt: ['target=ts', 'import_extension=ts', 'erasable_syntax=true'],
      },
    ],
  };
  const args = ['generate', join(here, 'proto'), '--template', JSON.stringify(template)];
  execFileSync(process.execPath, [buf, ...args], { cwd: here, stdio: 'inherit' });
}

function format(out) {
  const oxfmt = join(dirname(require.resolve('oxfmt/package.json')), 'bin/oxfmt');
  const config = join(here, '../../.oxfmtrc.json');
  execFileSync(process.execPath, [oxfmt, '--config', config, out], { stdio: 'pipe' });
}

function source(file) {
  return readFileSync(file, 'utf8').replaceAll(/_pb\.ts(?=['"])/g, '.gen.ts');
}

function differing(made) {
  const now = new Set(readdirSync(target).filter((file) => file.endsWith('.gen.ts')));
  const stale = [...made].filter(
    ([file, text]) => !now.has(file) || readFileSync(join(target, file), 'utf8') !== text,
  );
  return [...stale.map(([file]) => file), ...[...now].filter((file) => !made.has(file))];
}
