import type { LoadBatch, LoadedBatch, StoreBatch } from './batches.ts';
import {
  CollectionSpec,
  ConnectorState,
  materializationConnectorType,
  MaterializationSpec,
  OAuth2,
  RangeSpec,
  runtimeCheckpoint,
  SerPolicy,
} from './flow-messages.ts';
import { messages, type DraftIn, type MessageIn } from './message-set.ts';
import { bool, enumeration, json, list, map, message, string, uint32 } from './shape.ts';

/** What the runtime asks of a materialization, by name. */
export const materializeRequests = messages(
  'materialize request',
  {
    spec: message(1, {
      connectorType: enumeration(1, materializationConnectorType),
      config: json(2),
    }),
    validate: message(2, {
      name: string(1),
      connectorType: enumeration(2, materializationConnectorType),
      config: json(3),
      bindings: list(
        message(4, {
          resourceConfig: json(1),
          collection: message(2, CollectionSpec),
          fieldConfig: map(json(3)),
          backfill: uint32(4),
          groupBy: list(string(5)),
          collectionIndex: uint32(0),
        }),
      ),
      lastMaterialization: message(5, MaterializationSpec),
      lastVersion: string(6),
      linkedCollections: list(message(0, CollectionSpec)),
    }),
    apply: message(3, {
      materialization: message(1, MaterializationSpec),
      version: string(2),
      lastMaterialization: message(4, MaterializationSpec),
      lastVersion: string(5),
      state: json(6),
    }),
    open: message(4, {
      materialization: message(1, MaterializationSpec),
      version: string(2),
      range: message(3, RangeSpec),
      state: json(4),
    }),
    flush: message(6, { statePatches: json(1) }),
    startCommit: message(8, { runtimeCheckpoint: runtimeCheckpoint(1), statePatches: json(2) }),
    acknowledge: message(9, { statePatches: json(1) }),
  },
  { load: 5, store: 7 },
);
export type MaterializeRequest = MessageIn<typeof materializeRequests> | LoadBatch | StoreBatch;
export type MaterializeRequestDraft = DraftIn<typeof materializeRequests> | LoadBatch | StoreBatch;

const Constraint = {
  type: enumeration(1, {
    INVALID: 0,
    FIELD_REQUIRED: 1,
    LOCATION_REQUIRED: 2,
    LOCATION_RECOMMENDED: 3,
    FIELD_OPTIONAL: 4,
    FIELD_FORBIDDEN: 5,
    INCOMPATIBLE: 6,
    UNSATISFIABLE: 7,
  }),
  reason: string(2),
  foldedField: string(3),
};

/** What a materialization answers, by name. */
export const materializeResponses = messages(
  'materialize response',
  {
    spec: message(1, {
      protocol: uint32(1),
      configSchema: json(2),
      resourceConfigSchema: json(3),
      documentationUrl: string(4),
      oauth2: message(5, OAuth2),
    }),
    validated: message(2, {
      bindings: list(
        message(1, {
          constraints: map(message(1, Constraint)),
          resourcePath: list(string(2)),
          deltaUpdates: bool(3),
          serPolicy: message(4, SerPolicy),
          caseInsensitiveFields: bool(5),
          projectionConstraints: list(
            message(6, { field: string(1), constraint: message(2, Constraint) }),
          ),
        }),
      ),
    }),
    applied: message(3, { actionDescription: string(1), state: message(2, ConnectorState) }),
    opened: message(4, {
      runtimeCheckpoint: runtimeCheckpoint(1),
      disableLoadOptimization: bool(2),
    }),
    flushed: message(6, { state: message(1, ConnectorState) }),
    startedCommit: message(7, { state: message(1, ConnectorState) }),
    acknowledged: message(8, { state: message(1, ConnectorState) }),
  },
  { loaded: 5 },
);
export type MaterializeResponse = MessageIn<typeof materializeResponses> | LoadedBatch;
export type MaterializeResponseDraft = DraftIn<typeof materializeResponses> | LoadedBatch;
