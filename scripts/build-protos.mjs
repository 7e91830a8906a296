// Writes src/protocol/*.gen.ts from proto/*.proto of the packages that have messages of protobuf; with --check only
// says whether they are up to date. Needs no network: the compiler and its plugin are packages of the repository.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const check = process.argv.includes('--check');

/** Packages, with what their plugin is told beside the usual. */
const packages = [
  { name: 'fake-firestore', options: [] },
  { name: 'host-fivetran', options: ['erasable_syntax=true'] },
];

for (const { name, options } of packages) {
  const folder = join(root, 'packages', name);
  const target = join(folder, 'src/protocol');
  const work = mkdtempSync(join(tmpdir(), 'fairlead-protos-'));
  try {
    generate(join(folder, 'proto'), work, options);
    format(work);
    const made = new Map(
      readdirSync(work)
        .filter((file) => file.endsWith('_pb.ts'))
        .map((file) => [file.replace('_pb.ts', '.gen.ts'), source(join(work, file))]),
    );
    if (check) report(name, differing(target, made));
    else for (const [file, text] of made) writeFileSync(join(target, file), text);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function generate(protos, out, options) {
  const buf = join(dirname(require.resolve('@bufbuild/buf/package.json')), 'bin/buf');
  const plugin = join(
    dirname(require.resolve('@bufbuild/protoc-gen-es/package.json')),
    'bin/protoc-gen-es',
  );
  const opt = ['target=ts', 'import_extension=ts', ...options];
  const template = {
    version: 'v2',
    plugins: [{ local: [process.execPath, plugin], out, opt }],
  };
  const args = ['generate', protos, '--template', JSON.stringify(template)];
  execFileSync(process.execPath, [buf, ...args], { cwd: dirname(protos), stdio: 'inherit' });
}

function format(out) {
  const oxfmt = join(dirname(require.resolve('oxfmt/package.json')), 'bin/oxfmt');
  execFileSync(process.execPath, [oxfmt, '--config', join(root, '.oxfmtrc.json'), out], {
    stdio: 'pipe',
  });
}

function source(file) {
  return readFileSync(file, 'utf8').replaceAll(/_pb\.ts(?=['"])/g, '.gen.ts');
}

function report(name, stale) {
  if (stale.length === 0) return;
  const files = stale.map((file) => `packages/${name}/src/protocol/${file}`);
  process.stderr.write(`out of date: ${files.join(', ')}. Run: node scripts/build-protos.mjs\n`);
  process.exitCode = 1;
}

function differing(target, made) {
  const now = new Set(readdirSync(target).filter((file) => file.endsWith('.gen.ts')));
  const stale = [...made].filter(
    ([file, text]) => !now.has(file) || readFileSync(join(target, file), 'utf8') !== text,
  );
  return [...stale.map(([file]) => file), ...[...now].filter((file) => !made.has(file))];
}
