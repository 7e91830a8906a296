/** Where the values of variables come from. Only `substitute` sees them. */
export interface Variables {
  /** The value of an environment variable; undefined when it is not set. */
  env(name: string): string | undefined;
  /** The text of a file. Throws when it cannot be read. */
  file(path: string): string;
}

/** Why a variable has no value. Holds its name, never a value. */
export class VariableProblem extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'VariableProblem';
    this.hint = hint;
  }
}

/**
 * `text` with its variables replaced: `${env:NAME}`, `${env:NAME:-default}` (used when NAME is not
 * set or empty) and `${file:path}` (a text file, without one line end at its end). `$${` stands for
 * `${`. Values are not looked at again.
 *
 * @throws {VariableProblem}
 */
export function substitute(text: string, variables: Variables): string {
  return text.replace(pattern, (whole: string, escaped?: string, inner?: string) => {
    if (escaped !== undefined) return '${';
    if (inner === undefined) {
      throw new VariableProblem('"${" is not closed', closeHint);
    }
    return valueOf(whole, inner, variables);
  });
}

/** Whether `substitute` would change the text or refuse it. */
export function hasVariables(text: string): boolean {
  return text.includes('${');
}

const pattern = /(\$\$\{)|\$\{(?:([^}]*)\})?/g;

const closeHint = 'Write ${env:NAME}, or $${ for the two characters themselves.';

function valueOf(whole: string, inner: string, variables: Variables): string {
  const [, kind = '', rest = ''] = /^(\w*):?([^]*)$/.exec(inner) ?? [];
  if (kind === 'env') return environmentValue(rest, variables);
  if (kind === 'file') return fileText(rest, variables);
  throw new VariableProblem(
    `"${whole}" is no variable`,
    'Write ${env:NAME}, ${env:NAME:-default} or ${file:path}, or $${ for the two characters themselves.',
  );
}

function environmentValue(text: string, variables: Variables): string {
  const [, name = '', fallback] = /^([^:]*)(?::-([^]*))?$/.exec(text) ?? [];
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new VariableProblem(
      `"\${env:${text}}" does not name a variable`,
      'Write ${env:NAME} or ${env:NAME:-default}.',
    );
  }
  const value = variables.env(name);
  if (fallback !== undefined && (value === undefined || value === '')) return fallback;
  if (value !== undefined) return value;
  throw new VariableProblem(
    `the environment variable ${name} is not set`,
    `Set it, put it into .env, or give it a default: \${env:${name}:-…}.`,
  );
}

function fileText(path: string, variables: Variables): string {
  if (path === '') {
    throw new VariableProblem('"${file:}" names no file', 'Write ${file:path}.');
  }
  try {
    return variables.file(path).replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new VariableProblem(
      `the file "${path}" cannot be read${code}`,
      'A path in ${file:…} begins at the folder of the pipeline file.',
    );
  }
}
