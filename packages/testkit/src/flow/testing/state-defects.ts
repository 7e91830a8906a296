import { jsonText, jsonValue } from '@fairlead/host-flow';
import { z } from 'zod';
import type { CaptureDefect } from './capture-defects.ts';
import { asking, pullRequest, saying, startOf } from './changed-capture.ts';
import { referenceSource } from './reference-source.ts';

/** Captures that take, say or keep the wrong state, or a wrong schema. */
export function stateDefects(): CaptureDefect[] {
  return [
    {
      defect: 'takes the state of another connector',
      start: startOf({ ...referenceSource(), cursor: z.any() }),
      by: 'the state of another connector is a failure',
      says: 'it was accepted',
    },
    {
      defect: 'replaces its state',
      start: saying(() => (response) => {
        if (response.is !== 'checkpoint' || response.state === undefined) return [response];
        return [{ ...response, state: { ...response.state, mergePatch: false } }];
      }),
      by: 'the state changes by merge patches, which are objects',
      says: 'updates that are none',
    },
    {
      defect: 'keys its state by something else than the state key',
      start: asking(() => (request) => {
        if (request.is !== 'open' || request.capture === undefined) return [request];
        const bindings = request.capture.bindings.map((binding) => ({
          ...binding,
          stateKey: binding.resourcePath.join('/'),
        }));
        return [{ ...request, capture: { ...request.capture, bindings } }];
      }),
      by: 'a new backfill of one binding reads it anew, and leaves the others',
      says: /missing|did not end/,
    },
    {
      defect: 'forgets the state of bindings that are not active',
      start: saying(() => (response) => {
        if (response.is !== 'checkpoint') return [response];
        const updated = jsonText({ bindingStateV1: { users: null } });
        return [{ is: 'checkpoint', state: { updated, mergePatch: true } }, response];
      }),
      by: 'bindings that are not active keep their state, and are not read',
      says: /too often|order/,
    },
    {
      defect: 'cannot do without a state',
      start: pullRequest((request) => {
        if (request.is === 'open' && (jsonValue(request.state, 'state') ?? null) === null) {
          throw new Error('no state');
        }
        return request;
      }),
      by: 'no state, an empty one and null are the same',
      says: 'no state',
    },
    {
      defect: 'cannot find collections that are in a list',
      start: pullRequest((request) => {
        if (request.is === 'open' && (request.capture?.linkedCollections.length ?? 0) > 0) {
          throw new Error('no collection');
        }
        return request;
      }),
      by: 'it gives the same documents when their collections are in a list of their own',
      says: 'no collection',
    },
    {
      defect: 'changes its state with every apply',
      start: saying(() => (response) => {
        if (response.is !== 'applied') return [response];
        return [{ ...response, state: { updated: jsonText({ n: 1 }), mergePatch: true } }];
      }),
      by: 'it is applied again and again without a change',
      says: 'still changes after 3 applies',
    },
    {
      defect: 'sources a schema that is open',
      start: saying(() => (response) => {
        if (response.is !== 'sourcedSchema') return [response];
        return [{ ...response, documentSchema: jsonText({ properties: {} }) }];
      }),
      by: 'sourced schemas are closed, and not repeated',
      says: 'not closed',
    },
    {
      defect: 'sources the same schema again',
      start: saying(
        () => (response) => (response.is === 'sourcedSchema' ? [response, response] : [response]),
      ),
      by: 'sourced schemas are closed, and not repeated',
      says: 'comes twice',
    },
  ];
}
