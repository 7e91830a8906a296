import { fileURLToPath } from 'node:url';

/** What runs a source of a compiled module as a function, with answers that are as small as can be, or by gRPC. */
export function serveCommand(module: URL, host: 'function' | 'grpc'): readonly string[] {
  const program = new URL('../../dist/fivetran/serve-program.js', import.meta.url);
  return [process.execPath, fileURLToPath(program), module.href, host];
}
