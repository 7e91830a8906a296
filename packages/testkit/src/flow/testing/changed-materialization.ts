import {
  type MaterializeRequest,
  materializeRequests,
  type MaterializeResponse,
  materializeResponses,
  serveMaterialize,
} from '@fairlead/host-flow';
import type { Destination, OpenRequest, Writer } from '@fairlead/sdk';
import type { MemoryDestination } from '../../memory-destination.ts';
import type { FlowStart } from '../flow-start.ts';
import { type Changes, changedStart } from './changed-start.ts';
import type { Reference } from './materialization-defects.ts';

type Change = Changes<MaterializeRequest, MaterializeResponse>;
type Resource = { readonly table: string };

/** The reference materialization with something between it and the runtime. */
export function starting({ materialization }: Reference, changes: Change): FlowStart {
  const sets = { requests: materializeRequests, responses: materializeResponses };
  return changedStart((io) => serveMaterialize(materialization, io), sets, changes);
}

/** The reference materialization with other responses. */
export function saying(
  change: (response: MaterializeResponse) => Iterable<MaterializeResponse>,
): (good: Reference) => FlowStart {
  return (good) => starting(good, { responses: () => change });
}

/** The reference materialization of other requests. */
export function asking(
  change: (request: MaterializeRequest) => Iterable<MaterializeRequest>,
): (good: Reference) => FlowStart {
  return (good) => starting(good, { requests: () => change });
}

/** The reference materialization with other connections. */
export function connecting(
  change: (
    good: Destination<Resource>,
    connect: () => Promise<Destination<Resource>>,
  ) => Partial<Destination<Resource>>,
): (good: Reference) => FlowStart {
  return ({ materialization, ...suite }) => {
    const connect: MemoryDestination['connect'] = async (scope) => {
      const good = await materialization.connect(scope);
      return { ...good, ...change(good, () => materialization.connect(scope)) };
    };
    return starting({ ...suite, materialization: { ...materialization, connect } }, {});
  };
}

/** The reference materialization with other writers. */
export function writing(
  change: (writer: Writer<Resource>, request: OpenRequest<Resource>) => Partial<Writer<Resource>>,
): (good: Reference) => FlowStart {
  return connecting((good) => ({
    async open(request) {
      const writer = await good.open(request);
      return { ...bound(writer), ...change(writer, request) };
    },
  }));
}

/** A writer as an object whose methods can be replaced. */
export function bound(writer: Writer<Resource>): Writer<Resource> {
  return {
    checkpoint: writer.checkpoint,
    alter: (tables) => writer.alter(tables),
    load: (table, keys) => writer.load?.(table, keys) ?? nothing(),
    store: (table, documents) => writer.store(table, documents),
    truncate: (table) => writer.truncate(table),
    commit: (checkpoint) => writer.commit(checkpoint),
    acknowledge: async (state) => await writer.acknowledge?.(state),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

async function* nothing(): AsyncGenerator<never> {}
