import type { CodecName } from '../protocol/codec.ts';
import type { Launch } from '../preview/launch.ts';

/** A launch that notes all bytes that pass, as `→` and `←` lines in `transcript`. */
export function recorded(launch: Launch, transcript: string[]): Launch {
  return (codec) => {
    const running = launch(codec);
    return {
      ...running,
      send: async (bytes) => {
        transcript.push(...tell('→', bytes, codec));
        await running.send(bytes);
      },
      output: (async function* () {
        let begun = Buffer.alloc(0);
        for await (const chunk of running.output) {
          begun = Buffer.concat([begun, chunk]);
          const whole = lengthOfWhole(begun, codec);
          transcript.push(...tell('←', begun.subarray(0, whole), codec));
          begun = begun.subarray(whole);
          yield chunk;
        }
        if (begun.length > 0) transcript.push(...tell('← (cut off)', begun, codec));
        const { code } = await running.exited;
        transcript.push(`exit ${code}`);
      })(),
      [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
    };
  };
}

/** Each message on a line: the line itself in JSON; in protobuf its frame in hexadecimal digits. */
function tell(arrow: string, bytes: Uint8Array, codec: CodecName): string[] {
  const buffer = Buffer.from(bytes);
  if (codec === 'json') {
    return buffer
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => `${arrow} ${line}`);
  }
  const lines: string[] = [];
  for (let at = 0; at + 4 <= buffer.length;) {
    const end = at + 4 + buffer.readUInt32LE(at);
    lines.push(
      `${arrow} ${buffer.toString('hex', at, at + 4)} ${buffer.toString('hex', at + 4, end)}`,
    );
    at = end;
  }
  return lines;
}

function lengthOfWhole(bytes: Buffer, codec: CodecName): number {
  if (codec === 'json') return bytes.lastIndexOf(0x0a) + 1;
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    at = end;
  }
  return at;
}
