import type { Field, Value } from '@fairlead/fake-firestore';
import { formatTime } from '../../wire/time.ts';

/** Fields as the JSON in which a source writes them. */
export function plainOf(fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ key, value }) => [key, value && plainValue(value)]));
}

function plainValue({ type }: Value): unknown {
  switch (type.case) {
    case 'nullValue':
      return null;
    case 'integerValue':
      return Number(type.value);
    case 'doubleValue':
      return Number.isFinite(type.value) ? type.value : String(type.value);
    case 'booleanValue':
    case 'stringValue':
    case 'referenceValue':
      return type.value;
    case 'bytesValue':
      return Buffer.from(type.value).toString('base64');
    case 'geoPointValue':
      return { latitude: type.value.latitude, longitude: type.value.longitude };
    case 'arrayValue':
      return type.value.values.map(plainValue);
    case 'mapValue':
      return plainOf(type.value.fields);
    case 'timestampValue':
      return formatTime({ seconds: Number(type.value.seconds), nanos: type.value.nanos });
    default:
      throw new Error(`a value of the kind ${String(type.case)}`);
  }
}
