import { Failure, type Json } from '@fairlead/sdk';
import {
  captureRequests,
  type CaptureRequestDraft,
  type CaptureResponse,
  captureResponses,
} from '../protocol/capture-messages.ts';
import type { CodecName } from '../protocol/codec.ts';
import { protocolVersion } from '../protocol/flow-messages.ts';
import { jsonText } from '../protocol/json-text.ts';
import { Conversation, type Protocol } from './conversation.ts';
import type { Launch } from './launch.ts';

/** How a capture connector is started and spoken to. */
export interface CaptureConnector {
  readonly launch: Launch;
  readonly codec: CodecName;
}

export type CaptureConversation = Conversation<CaptureRequestDraft, CaptureResponse>;
export type CaptureSpecAnswer = Extract<CaptureResponse, { is: 'spec' }>;
export type DiscoveredBinding = Extract<CaptureResponse, { is: 'discovered' }>['bindings'][number];

/**
 * A stream with a capture that has begun as the runtime begins each: with a Spec request.
 * @throws {Failure} data, for an answer that the runtime would refuse.
 */
export async function converse({ launch, codec }: CaptureConnector): Promise<{
  readonly talk: CaptureConversation;
  readonly spec: CaptureSpecAnswer;
}> {
  const talk: CaptureConversation = new Conversation(launch, captureProtocol, codec);
  try {
    await talk.send({ is: 'spec', connectorType: 'LOCAL', config: jsonText({}) });
    const spec = await talk.expect('spec');
    if (spec.protocol !== protocolVersion) {
      throw new Failure('data', `the connector speaks protocol ${spec.protocol}`);
    }
    if (spec.resourcePathPointers.length === 0) {
      throw new Failure('data', 'the connector names no resourcePathPointers');
    }
    return { talk, spec };
  } catch (error) {
    await talk[Symbol.asyncDispose]();
    throw error;
  }
}

/** What the connector says of itself. */
export async function captureSpec(connector: CaptureConnector): Promise<CaptureSpecAnswer> {
  const { talk, spec } = await converse(connector);
  await using _talk = talk;
  await talk.finish();
  return spec;
}

/** The bindings that the connector offers. */
export async function discoverCapture(
  connector: CaptureConnector,
  config: Json,
): Promise<readonly DiscoveredBinding[]> {
  const answer = await callOnce(connector, 'discovered', {
    is: 'discover',
    connectorType: 'LOCAL',
    config: jsonText(config),
  });
  return answer.bindings;
}

/**
 * One request with one answer, on a stream of its own.
 * @throws {Failure} data, for a failure of the connector or a second answer.
 */
export async function callOnce<Is extends CaptureResponse['is']>(
  connector: CaptureConnector,
  is: Is,
  request: CaptureRequestDraft,
): Promise<Extract<CaptureResponse, { is: Is }>> {
  const { talk } = await converse(connector);
  await using _talk = talk;
  await talk.send(request);
  const answer = await talk.expect(is);
  await talk.finish();
  return answer;
}

const captureProtocol: Protocol = { requests: captureRequests, responses: captureResponses };
