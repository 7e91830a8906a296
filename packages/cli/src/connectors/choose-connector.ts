import { closest, Failure } from '@fairlead/sdk';
import type { InstalledConnector } from './find-connectors.ts';

/**
 * The connector that a user calls `name`: its short name (`file`), its name without scope
 * (`source-file`) or its whole name.
 *
 * @throws {Failure} config, without `where`.
 */
export function chooseConnector(
  installed: readonly InstalledConnector[],
  kind: InstalledConnector['kind'],
  name: string,
): InstalledConnector {
  const candidates = installed.filter((connector) => connector.kind === kind);
  const found = candidates.find((connector) => namesOf(connector).includes(name));
  if (found !== undefined) return found;
  throw notInstalled(candidates, kind, name);
}

/**
 * The connector of either kind that a user calls `name`.
 * @throws {Failure} config
 */
export function chooseAnyConnector(
  installed: readonly InstalledConnector[],
  name: string,
): InstalledConnector {
  const found = installed.filter((connector) => namesOf(connector).includes(name));
  const [first] = found;
  const other = found.find(({ kind }) => kind !== first?.kind);
  if (first !== undefined && other !== undefined) {
    const names = [first, other].map((connector) => namesOf(connector)[1] ?? '');
    throw new Failure('config', `"${name}" is a source and a destination`, {
      hint: `Write ${names.join(' or ')}.`,
    });
  }
  if (first !== undefined) return first;
  const near = closest(name, installed.flatMap(namesOf));
  const what = `no connector "${name}" is installed`;
  if (near !== undefined) throw new Failure('config', `${what}; did you mean "${near}"?`);
  throw new Failure('config', what, { hint: 'See what there is: fairlead connectors.' });
}

/** All names under which a connector can be called, shortest first. */
export function namesOf({ name, shortName, kind }: InstalledConnector): readonly string[] {
  return [shortName, `${wordOf(kind)}-${shortName}`, name];
}

function notInstalled(
  candidates: readonly InstalledConnector[],
  kind: InstalledConnector['kind'],
  name: string,
): Failure {
  const near = closest(
    name,
    candidates.map(({ shortName }) => shortName),
  );
  const what = `no ${kind} connector "${name}" is installed`;
  if (near !== undefined) return new Failure('config', `${what}; did you mean "${near}"?`);
  return new Failure('config', what, { hint: installHint(kind, name) });
}

function installHint(kind: InstalledConnector['kind'], name: string): string {
  const whole = /^[a-z][a-z0-9-]*$/.test(name) ? `@fairlead/${wordOf(kind)}-${name}` : name;
  return `Install it (npm install ${whole}), or see what there is: fairlead connectors.`;
}

function wordOf(kind: InstalledConnector['kind']): string {
  return kind === 'source' ? 'source' : 'materialize';
}
