import { parseArgs } from 'node:util';
import { createGrpcServer, type GrpcServer, type Handler, type Listening } from '@fairlead/grpc';
import { noMask } from '@fairlead/host-io';
import { exitCode, Failure } from '@fairlead/sdk';
import { mostMessageBytes } from '../protocol/message-size.ts';
import { grpcLog, type MessageOrigin } from './grpc-log.ts';

/** The methods of a service by their paths. */
export type Methods = Readonly<Record<string, Handler>>;

/** A service that is served. Disposing it ends the calls that are running. */
export interface ServedConnector extends Listening, AsyncDisposable {
  /** Takes no more calls, and is done when those that run have ended. */
  close(): Promise<void>;
}

export interface ServeAt {
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** Any that is free unless given. */
  readonly port?: number;
}

/**
 * Serves methods as Fivetran calls them: gRPC without TLS.
 * @throws {Failure} config, when the port cannot be had.
 */
export async function serveMethods(
  methods: Methods,
  { host = '127.0.0.1', port = 0 }: ServeAt = {},
): Promise<ServedConnector> {
  const server = createGrpcServer(methods, { maxMessageBytes: mostMessageBytes });
  const listening = await listen(server, host, port);
  return {
    ...listening,
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.destroy(),
  };
}

export interface ProgramOptions {
  readonly origin: MessageOrigin;
  /** Where it listens when nothing is said. */
  readonly port: number;
  /** The signal asks calls that take long to end soon. */
  readonly methods: (write: (line: string) => void, signal: AbortSignal) => Methods;
}

/**
 * Runs a connector as Fivetran starts it: `--port N`, and `--host H` for one address instead of all of
 * them. Logs on the standard output. SIGTERM and SIGINT ask the running calls to end, and wait for that;
 * a second one ends it at once. With `--attached` the end of the standard input does the same, so that
 * it does not outlive who started it. Answers the exit code.
 */
export async function runProgram(
  args: readonly string[],
  { origin, port, methods }: ProgramOptions,
): Promise<number> {
  const write = (line: string) => void process.stdout.write(line);
  // A log that nobody reads any more is no reason to end.
  process.stdout.on('error', () => {});
  const log = grpcLog({ origin, write, mask: noMask });
  try {
    const { isAttached, ...at } = placeIn(args, port);
    using stop = stopSignals(isAttached);
    const stopping = new AbortController();
    await using served = await serveMethods(methods(write, stopping.signal), at);
    log.info('listening', { host: served.host, port: served.port });
    await stop.asked();
    log.info('stopping');
    stopping.abort(new Error('the connector is being stopped'));
    const closed = served.close();
    await Promise.race([closed, stop.asked()]);
    return 0;
  } catch (error) {
    log.error('the program has ended', { error });
    return exitCode(error);
  }
}

/** All addresses of both families. */
const everywhere = '::';

async function listen(server: GrpcServer, host: string, port: number): Promise<Listening> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Where there is no IPv6 at all.
    if (host === everywhere && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) {
      return await listen(server, '0.0.0.0', port);
    }
    throw new Failure('config', `cannot listen on port ${port} (${code})`, {
      where: host,
      hint:
        code === 'EADDRINUSE' ? 'Give another one by --port.' : 'Give another address by --host.',
      cause: error,
    });
  }
}

function placeIn(
  args: readonly string[],
  preset: number,
): Required<ServeAt> & { readonly isAttached: boolean } {
  const values = parsed(args);
  const port = values.port === undefined ? preset : Number(values.port);
  if (!/^\d+$/.test(values.port ?? '0') || port > 65_535) {
    throw new Failure('config', `${values.port ?? ''} is no port`, { where: '--port' });
  }
  return { host: values.host ?? everywhere, port, isAttached: values.attached === true };
}

function parsed(args: readonly string[]) {
  try {
    const options = {
      port: { type: 'string' },
      host: { type: 'string' },
      attached: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure('config', message, { where: 'command line', hint: 'Write --port N.' });
  }
}

/** Hears what asks for the end: signals, and the end of the standard input if that matters. */
function stopSignals(isAttached: boolean) {
  let heard = 0;
  let awaited = 0;
  let wake = () => {};
  const hear = () => {
    heard++;
    wake();
  };
  process.on('SIGTERM', hear);
  process.on('SIGINT', hear);
  if (isAttached) process.stdin.on('close', hear).resume();
  return {
    /** Resolves with the next one that nobody has awaited yet. */
    async asked(): Promise<void> {
      awaited++;
      const mine = awaited;
      while (heard < mine) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    [Symbol.dispose]() {
      process.off('SIGTERM', hear);
      process.off('SIGINT', hear);
      if (isAttached) process.stdin.off('close', hear).destroy();
    },
  };
}
