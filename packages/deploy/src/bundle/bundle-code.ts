import { Failure } from '@fairlead/sdk';
import type { BuildFailure, BuildOptions, Message, Plugin } from 'esbuild';
import type { BundleOptions } from './bundle.ts';
import { firstModule } from './the-entry.ts';

/** What one file of JavaScript is made of. */
export interface CodeParts {
  /** What the file is, for whom it cannot be made: `function`. */
  readonly what: string;
  readonly plugins: readonly Plugin[];
  /** Packages that are found where the file runs. */
  readonly external: readonly string[];
}

/**
 * All modules that the first one needs, as one module. The same input gives the same bytes.
 * @throws {Failure} config, when a module is missing or native, or the code has an error.
 */
export async function bundleCode(
  { what, plugins, external }: CodeParts,
  options: BundleOptions,
): Promise<Uint8Array> {
  // Loaded late, as it is large, and most of what a command does needs none of it.
  const { build } = await import('esbuild');
  const made = await build({
    ...settings(options),
    entryPoints: [firstModule],
    external: [...external],
    plugins: [...plugins],
  }).catch((error: unknown) => {
    throw isBuildFailure(error) ? codeFailure(what, error.errors) : error;
  });
  const text = made.outputFiles?.[0]?.contents;
  if (text === undefined) throw new Error('the bundle has no file');
  return text;
}

function settings({ conditions = [], root }: BundleOptions): BuildOptions & { write: false } {
  return {
    bundle: true,
    write: false,
    outfile: 'index.js',
    absWorkingDir: root,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: [...conditions, 'module'],
    // Names stay, so that a stack can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'eof',
    // Packages that are no modules of the language ask for others by `require`.
    banner: {
      js: "import{createRequire as fairleadRequire}from'node:module';const require=fairleadRequire(import.meta.url);",
    },
    logLevel: 'silent',
    // No settings for the compiler of the folder in which this happens to run.
    tsconfigRaw: { compilerOptions: { target: 'es2023', verbatimModuleSyntax: true } },
  };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function codeFailure(what: string, errors: readonly Message[]): Failure {
  const [first] = errors;
  if (first === undefined) throw new Error('a bundle failed without an error');
  const { text, location, detail, notes } = first;
  const count = errors.length === 1 ? '' : ` (the first of ${errors.length} problems)`;
  const where =
    location === null ? undefined : `${location.file}:${location.line}:${location.column + 1}`;
  const [, missing] = /^Could not resolve "([^"]+)"/.exec(text) ?? [];
  const known = typeof detail === 'string' ? detail : undefined;
  const note = notes[0]?.text;
  const hint =
    known ??
    (missing === undefined
      ? note
      : `Install it: npm install ${packageOf(missing)}, or correct the name.`);
  const plain = missing === undefined ? text : `"${missing}" is not found`;
  return new Failure('config', `the ${what} cannot be bundled: ${plain}${count}`, {
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  });
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
