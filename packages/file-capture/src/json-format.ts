import { parsePointer } from '@fairlead/json';
import { DecodeError } from './decoder.ts';
import type { Format } from './format.ts';
import { createJsonDecoder } from './json-decoder.ts';
import { skipBlank } from './json-skip.ts';

/** JSON: objects one after another, one on a line or not, and arrays of them. */
export const jsonFormat: Format = {
  name: 'json',
  extensions: ['json', 'jsonl', 'ndjson', 'geojson'],
  recognise: ({ head }) => beginsWithObjects(head),
  plan(_sample, settings) {
    const pointer = settings.type === 'json' ? settings.path : '';
    const path = parsePointer(pointer);
    return {
      format: 'json',
      textual: false,
      how: { path },
      createDecoder: ({ member, begins, inside }) =>
        createJsonDecoder({ member, path, begins, inside }),
    };
  },
};

/** Whether `head` is the beginning of objects, or of an array of them, and nothing else. */
function beginsWithObjects(head: Uint8Array): boolean {
  const start = skipBlank(head, 0);
  if (head[start] !== openBrace && head[start] !== openBracket) return false;
  const decoder = createJsonDecoder({ path: [] });
  try {
    for (let at = start; at < head.length;) {
      const { consumed } = decoder.decode(head.subarray(at), false);
      if (consumed === 0) break;
      at += consumed;
    }
    return true;
  } catch (error) {
    // A file that is meant to be JSON and is broken is read as JSON because of its name.
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

const openBrace = 0x7b;
const openBracket = 0x5b;
