import { isAbsolute } from 'node:path';
import {
  closest,
  Failure,
  isFailure,
  type Json,
  type Materialization,
  type Source,
} from '@fairlead/sdk';
import type { InstalledConnector } from './find-connectors.ts';

/** A connector and the settings that an address stands for, still to be parsed. */
export interface Addressed<Connector> {
  /** As it was written. */
  readonly address: string;
  readonly installed: InstalledConnector;
  readonly connector: Connector;
  readonly settings: Json;
}

type Load<Connector> = (installed: InstalledConnector) => Promise<Connector>;

/**
 * The connector of an address, found by its scheme: `postgres://me@host/shop`, `duckdb:shop.duckdb`.
 * An address without one is a path, and belongs to the scheme `file`. Connectors whose manifest
 * does not name their schemes are loaded to be asked, after the others.
 *
 * @throws {Failure} config
 */
export async function resolveAddress<Connector extends Pick<Source | Materialization, 'address'>>(
  address: string,
  kind: InstalledConnector['kind'],
  installed: readonly InstalledConnector[],
  load: Load<Connector>,
): Promise<Addressed<Connector>> {
  const candidates = installed.filter((connector) => connector.kind === kind);
  const scheme = schemeOf(address);
  const named = candidates.filter(({ schemes }) => schemes?.includes(scheme) === true);
  const silent = candidates.filter(({ schemes }) => schemes === undefined);
  const broken: Failure[] = [];
  for (const candidate of [...named, ...silent]) {
    const connector = await load(candidate).catch((error: unknown) => {
      // It may be that nobody wants this one; if somebody does, this is what to say.
      if (!isFailure(error) || candidate.schemes !== undefined) throw error;
      broken.push(error);
      return undefined;
    });
    if (connector?.address?.schemes.includes(scheme) !== true) continue;
    return { address, installed: candidate, connector, settings: connector.address.parse(address) };
  }
  throw broken[0] ?? unknownScheme(address, kind, candidates);
}

/** The scheme of an address, in lower case. A single letter is a drive of Windows. */
export function schemeOf(address: string): string {
  const [, scheme = ''] = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(address) ?? [];
  return scheme === '' ? 'file' : scheme.toLowerCase();
}

/** Whether what an address means depends on the folder in which it is read: a relative path does. */
export function isRelative(address: string): boolean {
  const path = address.replace(/^[A-Za-z][A-Za-z0-9+.-]+:/, '');
  return !path.startsWith('//') && !isAbsolute(path);
}

function unknownScheme(
  address: string,
  kind: InstalledConnector['kind'],
  candidates: readonly InstalledConnector[],
): Failure {
  const scheme = schemeOf(address);
  if (!address.toLowerCase().startsWith(`${scheme}:`)) return noPath(kind, candidates);
  const known = candidates.flatMap(({ schemes }) => schemes ?? []);
  const near = closest(scheme, known);
  const what = `no ${kind} connector for "${scheme}:" is installed`;
  if (near !== undefined) return new Failure('config', `${what}; did you mean "${near}:"?`);
  return new Failure('config', what, {
    hint:
      kind === 'source'
        ? 'See what there is: fairlead connectors. A path that holds a colon begins with "./".'
        : 'See what there is: fairlead connectors.',
  });
}

function noPath(
  kind: InstalledConnector['kind'],
  candidates: readonly InstalledConnector[],
): Failure {
  if (kind === 'source') {
    return new Failure('config', 'no source connector for files is installed', {
      hint: 'Install it: npm install @fairlead/source-file.',
    });
  }
  const [example = 'duckdb'] = candidates.flatMap(({ schemes }) => schemes ?? []);
  return new Failure('config', 'the destination is a path, and no connector writes to one', {
    hint: `Write its kind before it, as in "${example}:shop.${example}". If the shell spread a pattern into several files, put quotes around it.`,
  });
}
