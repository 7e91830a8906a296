import type { Field, Value } from '../protocol/document.gen.ts';

/** The bytes that a document counts, by the published rules: its name, its fields and 32 more. */
export function documentSize(path: string, fields: readonly Field[]): number {
  return nameSize(path) + fieldsSize(fields) + 32;
}

function valueSize(value: Value): number {
  const { type } = value;
  switch (type.case) {
    case 'integerValue':
    case 'doubleValue':
    case 'timestampValue':
      return 8;
    case 'geoPointValue':
      return 16;
    case 'stringValue':
      return textSize(type.value);
    case 'bytesValue':
      return type.value.length;
    case 'referenceValue':
      return nameSize(type.value.replace(/^projects\/[^/]+\/databases\/[^/]+\/documents\//, ''));
    case 'arrayValue':
      return type.value.values.reduce((sum, element) => sum + valueSize(element), 0);
    case 'mapValue':
      return fieldsSize(type.value.fields);
    case 'booleanValue':
    case 'nullValue':
    case undefined:
      return 1;
  }
}

function fieldsSize(fields: readonly Field[]): number {
  return fields.reduce(
    (sum, { key, value }) => sum + textSize(key) + (value ? valueSize(value) : 0),
    0,
  );
}

function nameSize(path: string): number {
  return path.split('/').reduce((sum, segment) => sum + textSize(segment), 16);
}

function textSize(text: string): number {
  return Buffer.byteLength(text) + 1;
}
