import { Failure } from '@fairlead/sdk';
import { z } from 'zod';

/** The runtime's checkpoint as a destination keeps it: its protobuf bytes, which nobody looks into. */
export function encodeCheckpoint(checkpoint: Uint8Array): string {
  return JSON.stringify({ flow: Buffer.from(checkpoint).toString('base64') });
}

/**
 * The runtime's checkpoint from the text that a destination kept.
 * @throws {Failure} state, when another host has written it.
 */
export function decodeCheckpoint(text: string): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw foreign();
  }
  const parsed = Kept.safeParse(value);
  if (!parsed.success) throw foreign();
  return new Uint8Array(Buffer.from(parsed.data.flow, 'base64'));
}

/** A checkpoint that makes the runtime begin anew, whatever it remembers itself. */
export const fromZero: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01);

const Kept = z.object({ flow: z.base64() });

function foreign(): Failure {
  return new Failure('state', 'the checkpoint in the destination was not written by Flow', {
    hint: 'Give the task another name, or another destination.',
  });
}
