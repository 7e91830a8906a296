import { Failure } from '@fairlead/sdk';
import { runCommand, type RunOptions } from '../run/run-command.ts';

/** What has changed in a folder. */
export interface Changes {
  /** The commit with which everything is compared. */
  readonly base: string;
  /** Files that are new, changed or gone, relative to the folder; of others nothing is said. */
  readonly files: readonly string[];
}

/**
 * What has changed in `folder` since the branch left `ref`, what is not committed included. Undefined
 * when that cannot be known: `ref` is empty, as for the first build of a branch, or a commit that is
 * not here, as after a forced push.
 *
 * @throws {Failure} config, when this is no repository, or there is no such branch.
 */
export async function changedSince(
  ref: string,
  { folder, variables, signal }: Pick<RunOptions, 'folder' | 'variables' | 'signal'>,
): Promise<Changes | undefined> {
  if (/^0*$/.test(ref)) return undefined;
  const git = async (...words: readonly string[]) =>
    await runCommand({ program: 'git', words }, { folder, variables, signal });
  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (inside.exitCode !== 0) {
    throw new Failure('config', 'this is no repository of git', {
      where: folder,
      hint: 'Without one, deploy by name or with --all.',
    });
  }
  const commit = await git(
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  );
  if (commit.exitCode !== 0) {
    if (/^[0-9a-f]{40}$/.test(ref)) return undefined;
    throw new Failure('config', `there is no commit "${ref}"`, {
      hint: 'Name a branch, a tag or a commit that is here; "git fetch" gets those that are not.',
    });
  }
  const left = await git('merge-base', commit.stdout.trim(), 'HEAD');
  if (left.exitCode !== 0) return undefined;
  const base = left.stdout.trim();
  const changed = await git('diff', '--name-only', '--no-renames', '--relative', '-z', base);
  const fresh = await git('ls-files', '--others', '--exclude-standard', '-z');
  for (const { exitCode, stderr } of [changed, fresh]) {
    if (exitCode !== 0) throw new Failure('config', `git failed: ${stderr.split('\n')[0] ?? ''}`);
  }
  const files = `${changed.stdout}${fresh.stdout}`.split('\0').filter((file) => file !== '');
  return { base, files: [...new Set(files)].toSorted() };
}

/** The text of a file at a commit; undefined when it was not there. `file` is relative to the folder. */
export async function fileAt(
  base: string,
  file: string,
  { folder, variables, signal }: Pick<RunOptions, 'folder' | 'variables' | 'signal'>,
): Promise<string | undefined> {
  const command = { program: 'git', words: ['show', `${base}:./${file}`] };
  const { exitCode, stdout } = await runCommand(command, { folder, variables, signal });
  return exitCode === 0 ? stdout : undefined;
}
