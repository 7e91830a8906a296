import type { Target } from '@fairlead/grpc';
import { Failure } from '@fairlead/sdk';
import type { FirestoreConfig } from '../settings.ts';

/** The server to call. */
export interface Server {
  readonly target: Target;
  readonly isEmulator: boolean;
}

type Places = Pick<FirestoreConfig['advanced'], 'emulatorHost' | 'endpoint'>;

/**
 * The server of the settings: an emulator, which speaks no TLS, goes before an endpoint, and that before Google's usual one.
 * @param env Where FIRESTORE_EMULATOR_HOST is looked for.
 * @throws {Failure} config, when an address is none.
 */
export function serverOf({ emulatorHost, endpoint }: Places, env: NodeJS.ProcessEnv): Server {
  const fromEnv = env['FIRESTORE_EMULATOR_HOST'];
  const emulator = emulatorHost ?? (fromEnv === '' ? undefined : fromEnv);
  if (emulator !== undefined) {
    const where = emulatorHost === undefined ? 'FIRESTORE_EMULATOR_HOST' : 'advanced.emulatorHost';
    const { host, port } = hostAndPort(emulator, where);
    if (port === undefined) throw noAddress(where);
    return { target: { host, port, tls: false }, isEmulator: true };
  }
  const { host, port = 443 } = hostAndPort(endpoint ?? usual, 'advanced.endpoint');
  // A server behind the usual port knows itself by its name alone.
  const authority = host.includes(':') ? `[${host}]` : host;
  const named = port === 443 ? { authority } : {};
  return { target: { host, port, tls: true, ...named }, isEmulator: false };
}

const usual = 'firestore.googleapis.com';

/** The parts of `localhost:8080`, `[::1]:8080`, `http://localhost:8080` or `localhost`. */
function hostAndPort(
  text: string,
  where: string,
): { readonly host: string; readonly port: number | undefined } {
  const match = /^(?:https?:\/\/)?(?:\[([^\]]+)\]|([^\s/:]+))(?::(\d+))?\/?$/.exec(text);
  const [, six, name = '', digits] = match ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (match === null || port === 0 || (port ?? 0) > 65_535) throw noAddress(where);
  return { host: six ?? name, port };
}

function noAddress(where: string): Failure {
  return new Failure('config', 'write host:port, as in localhost:8080', { where });
}
