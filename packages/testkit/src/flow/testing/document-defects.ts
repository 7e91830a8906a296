import type { FlowStart } from '../flow-start.ts';
import type { CaptureDefect } from './capture-defects.ts';

/** Documents that no capture may have; `spoilt` is a capture with one more document. */
export function documentDefects(spoilt: (line: string) => FlowStart): CaptureDefect[] {
  return [
    { defect: 'gives a document without its key', line: '{"a":1}', says: 'has no key /id' },
    { defect: 'gives a document with null as its key', line: '{"id":null}', says: 'has null' },
    {
      defect: 'gives a value that its schema has no place for',
      line: '{"id":1,"name":7}',
      says: '/name: the schema has no place',
    },
    {
      defect: 'gives a document with a lone surrogate',
      line: '{"id":1,"name":"\\ud800"}',
      says: 'lone surrogate',
    },
    {
      defect: 'gives a date-time without an offset',
      line: '{"id":1,"at":"2024-01-02 03:04:05"}',
      says: 'no date-time of RFC 3339',
    },
  ].map(({ defect, line, says }) => ({ defect, start: spoilt(line), by: documents, says }));
}

const documents = 'documents are JSON that keeps every digit, fit their schema, and have their key';
