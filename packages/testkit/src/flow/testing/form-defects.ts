import { jsonText } from '@fairlead/host-flow';
import type { Source } from '@fairlead/sdk';
import { z } from 'zod';
import type { CaptureDefect } from './capture-defects.ts';
import { asking, discovering, saying, startOf } from './changed-capture.ts';
import { referenceSource } from './reference-source.ts';

/** Captures that say something wrong of themselves, or of what they offer. */
export function formDefects(): CaptureDefect[] {
  return [
    {
      defect: 'names pointers that are in no setting',
      start: saying(() => (response) => [
        response.is === 'spec' ? { ...response, resourcePathPointers: ['/name'] } : response,
      ]),
      by: 'its settings make forms, and pointers say what identifies a binding',
      says: '/name',
    },
    {
      defect: 'has settings without a title',
      start: startOf({ ...referenceSource(), config: z.object({ account: z.string() }) }),
      by: 'its settings make forms, and pointers say what identifies a binding',
      says: 'settings /account: has no title',
    },
    {
      defect: 'discovers something else each time',
      start: startOf({ ...referenceSource(), discover: unstable() }),
      by: 'it discovers the same twice, under names and settings of their own',
      says: 'the second time',
    },
    {
      defect: 'offers a stream twice',
      start: discovering((bindings) => [...bindings, ...bindings]),
      by: 'it discovers the same twice, under names and settings of their own',
      says: 'how many names',
    },
    {
      defect: 'knows another way to reduce',
      start: discovering((bindings) =>
        bindings.map((binding) => ({
          ...binding,
          documentSchema: jsonText({ type: 'object', reduce: { strategy: 'replace' } }),
        })),
      ),
      by: 'discovered schemas are valid, have their key, and say how documents are reduced',
      says: 'there is no strategy replace',
    },
    {
      defect: 'offers a key that may be missing',
      start: discovering((bindings) =>
        bindings.map((binding) => ({
          ...binding,
          documentSchema: jsonText({ type: 'object', properties: { id: { type: 'integer' } } }),
        })),
      ),
      by: 'discovered schemas are valid, have their key, and say how documents are reduced',
      says: 'the key /id may be missing',
    },
    {
      defect: 'validates other paths than its pointers say',
      start: saying(() => (response) => {
        if (response.is !== 'validated') return [response];
        return [{ ...response, bindings: response.bindings.map(() => ({ resourcePath: ['x'] })) }];
      }),
      by: 'validation gives each binding a path of its own, which is what the pointers say',
      says: 'the paths',
    },
    {
      defect: 'validates the same resource twice',
      start: asking(() => (request) => {
        if (request.is !== 'validate') return [request];
        return [{ ...request, bindings: request.bindings.slice(0, 1) }];
      }),
      by: 'validation refuses two bindings of one resource',
      says: 'it was accepted',
    },
    {
      defect: 'opens with settings that do not fit',
      start: asking(() => (request) => {
        if (request.is !== 'open' || request.capture === undefined) return [request];
        return [{ ...request, capture: { ...request.capture, config: jsonText({}) } }];
      }),
      by: 'settings that do not fit fail a session before it has opened',
      says: 'what it says',
    },
  ];
}

function unstable(): Source['discover'] {
  let count = 0;
  return async () => [
    { name: `s${count++}`, key: [], schema: { type: 'object' }, resource: { stream: 'users' } },
  ];
}
