import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What the command knows of the process around it. Nothing else reads the environment. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The folder in which the command was called, absolute. */
  readonly folder: string;
  /** Where locks are, and the state of destinations that keep none; absolute. */
  readonly stateFolder: string;
  readonly display: Display;
}

/** How standard error can be written to. */
export interface Display {
  /** Whether a person watches who can be asked, and lines may be drawn again. */
  readonly interactive: boolean;
  readonly color: boolean;
  /** Whether more than ASCII can be shown. */
  readonly unicode: boolean;
  /** At present: a window can be resized. */
  columns(): number;
  rows(): number;
}

/** The parts of a process that {@link readEnvironment} looks at. */
export interface ProcessParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  cwd(): string;
  readonly stderr: {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
}

/** The environment of a process. */
export function readEnvironment(from: ProcessParts, home: string = homedir()): Environment {
  const { env, stderr } = from;
  const folder = from.cwd();
  const interactive = stderr.isTTY === true && env['TERM'] !== 'dumb';
  return {
    variables: env,
    folder,
    stateFolder: resolve(folder, stateFolderOf(from, home)),
    display: {
      interactive,
      color: interactive && (env['NO_COLOR'] ?? '') === '',
      unicode: speaksUnicode(from),
      // Some pseudo-terminals say that they have none.
      columns: () => stderr.columns || 80,
      rows: () => stderr.rows || 24,
    },
  };
}

/** Where programs of this user keep their state, by the customs of the system. */
function stateFolderOf({ env, platform }: ProcessParts, home: string): string {
  const chosen = env['FAIRLEAD_STATE'] ?? '';
  if (chosen !== '') return chosen;
  const base = env['XDG_STATE_HOME'] ?? '';
  if (base !== '') return join(base, 'fairlead');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'fairlead');
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'fairlead');
  }
  return join(home, '.local', 'state', 'fairlead');
}

function speaksUnicode({ env, platform }: ProcessParts): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((name) => (name ?? '') !== '');
  return /utf-?8/i.test(locale ?? '');
}
