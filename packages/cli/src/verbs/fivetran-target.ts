import {
  serveFivetranDestination,
  serveFivetranSource,
  type ServedConnector,
} from '@fairlead/host-fivetran';
import type { ConnectorPlace, ConnectorKind } from '@fairlead/fivetran-tester';
import { Failure } from '@fairlead/sdk';
import { chooseAnyConnector, chooseConnector } from '../connectors/choose-connector.ts';
import { findConnectors, type InstalledConnector } from '../connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from '../connectors/load-connector.ts';
import { logOf, type Invocation } from '../invocation.ts';

/** A gRPC connector that listens. Disposing it ends one that was served for this. */
export interface FivetranTarget extends ConnectorPlace, AsyncDisposable {}

/**
 * The connector that a word means: what listens at HOST:PORT, or one that is installed, which is served
 * in this process on a free port. `kind` is what it has to be; either when it is left out, and a source
 * where only a port tells.
 * @throws {Failure} config
 */
export async function fivetranTarget(
  invocation: Invocation,
  word: string,
  kind?: ConnectorKind,
): Promise<FivetranTarget> {
  const signal = invocation.interruption.now;
  const address = addressIn(word);
  if (address !== undefined) {
    return { kind: kind ?? 'source', target: address, signal, async [Symbol.asyncDispose]() {} };
  }
  const installed = connectorOf(invocation, word, kind);
  const served = await serveConnector(installed, { write: relayTo(invocation) });
  return {
    kind: installed.kind,
    target: { host: served.host, port: served.port },
    signal,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** The connector that is installed under a name. @throws {Failure} config */
export function connectorOf(
  { environment }: Invocation,
  name: string,
  kind?: ConnectorKind,
): InstalledConnector {
  const installed = findConnectors(environment.folder);
  return kind === undefined
    ? chooseAnyConnector(installed, name)
    : chooseConnector(installed, kind, name);
}

/** How a connector is served. */
export interface ServeConnectorOptions {
  readonly host?: string;
  readonly port?: number;
  /** Takes each line of its log, with its end. */
  readonly write: (line: string) => void;
  /** Asks calls that take long to end soon. */
  readonly signal?: AbortSignal;
}

/** Serves an installed connector by gRPC in this process. @throws {Failure} config */
export async function serveConnector(
  installed: InstalledConnector,
  options: ServeConnectorOptions,
): Promise<ServedConnector> {
  return installed.kind === 'source'
    ? await serveFivetranSource(await loadSource(installed), options)
    : await serveFivetranDestination(await loadMaterialization(installed), options);
}

function addressIn(word: string): { host: string; port: number } | undefined {
  const [, host, port] = /^(\[[^\]]+\]|[^\s:/]+):(\d+)$/.exec(word) ?? [];
  if (host === undefined || port === undefined) return undefined;
  if (Number(port) > 65_535 || Number(port) === 0) {
    throw new Failure('config', `there is no port ${port}`, { where: word });
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Takes the log of a connector into that of this call. Why a call failed is told by its answer. */
function relayTo(invocation: Invocation): (line: string) => void {
  const log = logOf(invocation);
  return (line) => {
    const { level, message } = JSON.parse(line);
    if (level === 'WARNING') log.warn(String(message));
    else log.debug(String(message));
  };
}
