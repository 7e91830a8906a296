import { Failure } from '@fairlead/sdk';
import type { Codec, CodecName } from './codec.ts';
import { jsonCodec } from './json-codec.ts';
import { protoCodec } from './proto-codec.ts';

export const codecs: Readonly<Record<CodecName, Codec>> = { json: jsonCodec, proto: protoCodec };

/**
 * The codec that the environment asks for by `FLOW_RUNTIME_CODEC`; protobuf when it does not.
 * @throws {Failure} config, when there is none of that name.
 */
export function codecFrom(env: Readonly<Record<string, string | undefined>>): CodecName {
  const name = env['FLOW_RUNTIME_CODEC'] ?? '';
  if (name === '' || name === 'proto') return 'proto';
  if (name === 'json') return 'json';
  throw new Failure('config', `there is no codec "${name}"`, {
    where: 'FLOW_RUNTIME_CODEC',
    hint: 'It is json or proto.',
  });
}
