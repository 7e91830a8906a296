/** What a container gets from an image. */
export interface ImageConfig {
  readonly from: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
  /** Words of each COPY, flags included. */
  readonly copies: readonly (readonly string[])[];
  /** The shell line of each RUN. */
  readonly runs: readonly string[];
}

/**
 * The stages of a Dockerfile, in order, as Docker reads the instructions that we use.
 * @throws {Error} for any other instruction, and for a form of these that Docker refuses.
 */
export function readDockerfile(text: string): ImageConfig[] {
  const args = new Map<string, string>();
  const stages: Stage[] = [];
  for (const line of linesOf(text)) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/s.exec(line) ?? [];
    if (name === 'ARG' && stages.length === 0) {
      for (const [key, value] of pairs(rest)) args.set(key, value);
      continue;
    }
    if (name === 'FROM') {
      const from = rest.replace(/ AS \w+$/, '').replace(/\$\{(\w+)\}/g, (_, key) => {
        const value = args.get(key);
        if (value === undefined) throw new Error(`no ARG ${key}`);
        return value;
      });
      stages.push({ from, env: {}, labels: {}, copies: [], runs: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`before the first FROM: ${line}`);
    take(stage, name, rest);
  }
  return stages.map((stage) => ({
    user: undefined,
    workdir: undefined,
    entrypoint: undefined,
    ...stage,
  }));
}

/** An image that stands on another one: what it says itself counts, else what that one says. */
export function onTopOf(base: ImageConfig, image: ImageConfig): ImageConfig {
  return {
    ...image,
    env: { ...base.env, ...image.env },
    labels: { ...base.labels, ...image.labels },
    user: image.user ?? base.user,
    workdir: image.workdir ?? base.workdir,
    entrypoint: image.entrypoint ?? base.entrypoint,
  };
}

interface Stage {
  readonly from: string;
  readonly env: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly copies: string[][];
  readonly runs: string[];
  user?: string;
  workdir?: string;
  entrypoint?: readonly string[];
}

function take(stage: Stage, name: string, rest: string): void {
  switch (name) {
    case 'ENV':
      Object.assign(stage.env, Object.fromEntries(pairs(rest)));
      break;
    case 'LABEL':
      Object.assign(stage.labels, Object.fromEntries(pairs(rest)));
      break;
    case 'USER':
      stage.user = rest;
      break;
    case 'WORKDIR':
      stage.workdir = rest;
      break;
    case 'RUN':
      stage.runs.push(rest);
      break;
    case 'COPY':
      stage.copies.push(rest.split(/\s+/));
      break;
    case 'ENTRYPOINT':
      stage.entrypoint = words(JSON.parse(rest));
      break;
    default:
      throw new Error(`no instruction ${name}`);
  }
}

/** Lines without comments, those that a backslash continues in one. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `key=value` words, whose values may be between double quotes. */
function pairs(text: string): [string, string][] {
  const found: [string, string][] = [];
  const pattern = /\s*([\w.-]+)=(?:"((?:\\.|[^"\\$])*)"|([^\s"\\$]+))(?=\s|$)/gy;
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (match === null) throw new Error(`no pairs: ${text}`);
    const [, key = '', quoted, bare = ''] = match;
    found.push([key, quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1')]);
  }
  return found;
}

function words(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  throw new Error('an ENTRYPOINT is a list of words');
}
