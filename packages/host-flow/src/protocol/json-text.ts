import {
  ByteWriter,
  decodeValue,
  encodeValue,
  JsonSyntaxError,
  validateJson,
} from '@fairlead/json';
import { Failure } from '@fairlead/sdk';

/** The JSON text of a value, as messages hold it. */
export function jsonText(value: unknown): Uint8Array {
  const out = new ByteWriter(256);
  encodeValue(value, out);
  return out.take();
}

/**
 * The value of JSON text in a message; undefined when there is none. Numbers that a double cannot
 * hold keep their digits, as bigint or `Decimal`.
 * @throws {Failure} data
 */
export function jsonValue(text: Uint8Array | undefined, where: string): unknown {
  if (text === undefined || text.length === 0) return undefined;
  try {
    return decodeValue(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new Failure('data', `malformed JSON: ${error.reason}`, { where });
  }
}

/**
 * The text itself, once it is known to be JSON.
 * @throws {Failure} data
 */
export function checkedJson(text: Uint8Array): Uint8Array {
  const fault = validateJson(text);
  if (fault !== undefined) throw new Failure('data', `malformed JSON: ${fault.reason}`);
  return text;
}
