import { type FunctionEndpoint, httpEndpoint } from '@fairlead/host-fivetran';
import { Failure } from '@fairlead/sdk';
import { logOf, type Invocation } from '../invocation.ts';
import { type PlatformName, serveSource } from './function-source.ts';

export interface TargetOptions {
  readonly config?: string;
  readonly platform?: PlatformName;
  readonly header?: readonly string[];
}

/** A function that can be called. Disposing it ends one that was served for this. */
export interface CalledFunction extends AsyncDisposable {
  readonly endpoint: FunctionEndpoint;
}

/**
 * The function at a URL, or an installed source, which is served as one.
 * @throws {Failure} config
 */
export async function endpointOf(
  invocation: Invocation,
  target: string,
  { config, platform, header }: TargetOptions,
): Promise<CalledFunction> {
  const headers = headersOf(header);
  if (/^https?:\/\//i.test(target)) {
    if (!URL.canParse(target)) throw new Failure('config', 'this is no URL', { where: target });
    if (config !== undefined) {
      throw new Failure('config', 'a function at a URL has its own settings', {
        where: '--config',
        hint: 'Give those of the connection by --secrets and --payload.',
      });
    }
    return { endpoint: httpEndpoint(target, headers), async [Symbol.asyncDispose]() {} };
  }
  const served = await serveSource(invocation, target, {
    config,
    platform,
    port: 0,
    level: invocation.options.verbose === true ? 'debug' : 'warn',
    write: relayTo(invocation),
  });
  return {
    endpoint: httpEndpoint(served.url, headers),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** @throws {Failure} config, which does not quote what may be a secret. */
export function headersOf(lines: readonly string[] = []): Readonly<Record<string, string>> {
  const entries = lines.map((line): readonly [string, string] => {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*([\t\x20-\x7e]*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
    throw new Failure('config', 'this is no header', {
      where: '--header',
      hint: "Write 'NAME: VALUE'.",
    });
  });
  return Object.fromEntries(entries);
}

/** Takes the log of a function into that of this call. Why a call failed is told by its answer. */
function relayTo(invocation: Invocation): (line: string) => void {
  const log = logOf(invocation);
  const levels = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'debug' } as const;
  return (line) => {
    const { severity, message, ...fields } = JSON.parse(line);
    const { agent: _agent, sync_id: _syncId, ...own } = fields;
    const name = Object.keys(levels).find((known) => known === severity);
    log[levels[name as keyof typeof levels] ?? 'info'](String(message), own);
  };
}

/** An endpoint that knows how large the last answer was, and how long it took. */
export function meter(endpoint: FunctionEndpoint) {
  let last = { bytes: 0, ms: 0 };
  const metered: FunctionEndpoint = async (request, signal) => {
    const beginMs = performance.now();
    const answer = await endpoint(request, signal);
    last = { bytes: answer.body.length, ms: Math.round(performance.now() - beginMs) };
    return answer;
  };
  return { endpoint: metered, last: () => last };
}
