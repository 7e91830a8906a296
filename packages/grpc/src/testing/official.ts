import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
} from '@grpc/grpc-js';

export const identity = (bytes: Buffer) => bytes;

export interface OfficialMethods {
  readonly unary?: Readonly<Record<string, handleUnaryCall<Buffer, Buffer>>>;
  readonly serverStream?: Readonly<Record<string, handleServerStreamingCall<Buffer, Buffer>>>;
  readonly duplex?: Readonly<Record<string, handleBidiStreamingCall<Buffer, Buffer>>>;
}

/** A server of the official library on the loopback interface. */
export async function officialServer(
  methods: OfficialMethods,
  options: ConstructorParameters<typeof Server>[0] = {},
  secure: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<{ host: string; port: number } & Disposable> {
  const server = new Server(options);
  for (const [path, handle] of Object.entries(methods.unary ?? {})) {
    server.register(path, handle, identity, identity, 'unary');
  }
  for (const [path, handle] of Object.entries(methods.serverStream ?? {})) {
    server.register(path, handle, identity, identity, 'serverStream');
  }
  for (const [path, handle] of Object.entries(methods.duplex ?? {})) {
    server.register(path, handle, identity, identity, 'bidi');
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', secure, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { host: '127.0.0.1', port, [Symbol.dispose]: () => server.forceShutdown() };
}

/** A client of the official library. */
export function officialClient(
  at: { readonly host: string; readonly port: number },
  options: ConstructorParameters<typeof Client>[2] = {},
): Client & Disposable {
  const client = new Client(`${at.host}:${at.port}`, credentials.createInsecure(), options);
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

/** Metadata of the official library. */
export function officialMetadata(entries: Readonly<Record<string, string | Buffer>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}
