import {
  captureConnectorType,
  CaptureSpec,
  CollectionSpec,
  ConnectorState,
  OAuth2,
  RangeSpec,
} from './flow-messages.ts';
import type { CapturedBatch } from './batches.ts';
import { messages, type DraftIn, type MessageIn } from './message-set.ts';
import { bool, enumeration, json, list, message, string, uint32 } from './shape.ts';

const connectorType = enumeration(1, captureConnectorType);

/** What the runtime asks of a capture, by name. */
export const captureRequests = messages('capture request', {
  spec: message(1, { connectorType, config: json(2) }),
  discover: message(2, { connectorType, config: json(2), name: string(3) }),
  validate: message(3, {
    name: string(1),
    connectorType: enumeration(2, captureConnectorType),
    config: json(3),
    bindings: list(
      message(4, {
        resourceConfig: json(1),
        collection: message(2, CollectionSpec),
        backfill: uint32(3),
        collectionIndex: uint32(0),
      }),
    ),
    lastCapture: message(5, CaptureSpec),
    lastVersion: string(6),
    linkedCollections: list(message(0, CollectionSpec)),
  }),
  apply: message(4, {
    capture: message(1, CaptureSpec),
    version: string(2),
    lastCapture: message(4, CaptureSpec),
    lastVersion: string(5),
    state: json(6),
  }),
  open: message(5, {
    capture: message(1, CaptureSpec),
    version: string(2),
    range: message(3, RangeSpec),
    state: json(4),
  }),
  acknowledge: message(6, { checkpoints: uint32(1) }),
});
export type CaptureRequest = MessageIn<typeof captureRequests>;
export type CaptureRequestDraft = DraftIn<typeof captureRequests>;

/** What a capture answers, by name. */
export const captureResponses = messages(
  'capture response',
  {
    spec: message(1, {
      protocol: uint32(1),
      configSchema: json(2),
      resourceConfigSchema: json(3),
      documentationUrl: string(4),
      oauth2: message(5, OAuth2),
      resourcePathPointers: list(string(6)),
    }),
    discovered: message(2, {
      bindings: list(
        message(1, {
          recommendedName: string(1),
          resourceConfig: json(2),
          documentSchema: json(3),
          key: list(string(4)),
          disable: bool(5),
          resourcePath: list(string(6)),
          isFallbackKey: bool(7),
        }),
      ),
    }),
    validated: message(3, { bindings: list(message(1, { resourcePath: list(string(1)) })) }),
    applied: message(4, { actionDescription: string(1), state: message(2, ConnectorState) }),
    opened: message(5, { explicitAcknowledgements: bool(1) }),
    checkpoint: message(7, { state: message(1, ConnectorState) }),
    sourcedSchema: message(8, { binding: uint32(1), documentSchema: json(2, 'schema_json') }),
    backfillBegin: message(9, { binding: uint32(1) }),
    backfillComplete: message(10, { binding: uint32(1) }),
  },
  { captured: 6 },
);
export type CaptureResponse = MessageIn<typeof captureResponses> | CapturedBatch;
export type CaptureResponseDraft = DraftIn<typeof captureResponses> | CapturedBatch;
