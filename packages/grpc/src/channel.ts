import { type Call, type CallOptions, ClientCall, type DuplexCall } from './client-call.ts';
import { authorityOf, isSecure } from './client-session.ts';
import type { Target } from './connect-socket.ts';
import { GrpcError } from './grpc-error.ts';
import type { MetadataSource } from './metadata.ts';
import { type PoolOptions, SessionPool } from './session-pool.ts';
import { Status } from './status.ts';

export interface ChannelOptions extends Partial<PoolOptions> {
  /** Sent with every call. A function is asked at each call, as for tokens. */
  readonly metadata?: MetadataSource;
  /** The longest message that is taken, unless a call says otherwise. 16 MiB. */
  readonly maxMessageBytes?: number;
  readonly userAgent?: string;
}

/** Calls to one server. Connections are made when they are needed. */
export interface Channel extends AsyncDisposable {
  /**
   * One message for one message. The answer is the caller's to keep.
   *
   * @throws {GrpcError}
   */
  unary(path: string, message: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
  /** Many messages for one. The call begins now, whether or not anybody iterates. */
  serverStream(path: string, message: Uint8Array, options?: CallOptions): Call;
  /** Messages both ways. */
  duplex(path: string, options?: CallOptions): DuplexCall;
  /** Cancels the calls that run, and closes every connection. */
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;

/** A channel to `target`, such as `{ host: 'firestore.googleapis.com', port: 443, tls: true }`. */
export function openChannel(target: Target, options: ChannelOptions = {}): Channel {
  const pool = new SessionPool(target, { ...defaults, ...options });
  const calls = new Set<ClientCall>();
  const shared = {
    pool,
    scheme: isSecure(target) ? 'https' : 'http',
    authority: authorityOf(target),
    userAgent: options.userAgent ?? 'fairlead-grpc',
    ended: (call: ClientCall) => void calls.delete(call),
  };

  function open(path: string, call: CallOptions = {}): ClientCall {
    const opened = new ClientCall({
      ...shared,
      path,
      metadata: [options.metadata ?? {}, call.metadata ?? {}],
      maxMessageBytes: call.maxMessageBytes ?? options.maxMessageBytes ?? 16 * mebibyte,
      deadlineMs: call.deadlineMs,
      signal: call.signal,
    });
    if (!opened.isOver) calls.add(opened);
    return opened;
  }

  function send(path: string, message: Uint8Array, callOptions?: CallOptions): ClientCall {
    const call = open(path, callOptions);
    void call.write(message);
    call.end();
    return call;
  }

  async function close(): Promise<void> {
    for (const call of calls) call.cancel();
    await pool.close();
  }

  return {
    async unary(path, message, callOptions) {
      return onlyMessage(send(path, message, callOptions));
    },
    serverStream: send,
    duplex: open,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const defaults: PoolOptions = {
  streamWindowBytes: 8 * mebibyte,
  sessionWindowBytes: 8 * mebibyte,
  maxStreams: 90,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  connectTimeoutMs: 20_000,
  idleMs: 60_000,
};

async function onlyMessage(call: Call): Promise<Uint8Array> {
  let only: Uint8Array | undefined;
  for await (const { bytes, bounds, count } of call) {
    if (only !== undefined || count > 1) {
      throw new GrpcError(Status.INTERNAL, 'the server answered with more than one message');
    }
    // A copy, as the next pull may write over the bytes.
    only = new Uint8Array(bytes.subarray(bounds[0], bounds[1]));
  }
  if (only === undefined)
    throw new GrpcError(Status.INTERNAL, 'the server answered with no message');
  return only;
}
