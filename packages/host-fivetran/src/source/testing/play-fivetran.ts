import type { Source } from '@fairlead/sdk';
import { type FivetranClient, fivetranClient } from '@fairlead/testkit';
import type { UpdateResponse } from '../../protocol/connector_sdk.gen.ts';
import { serveFivetranSource, type ServeFivetranSource } from '../serve-source.ts';

/** The path of a method. */
export const pathOf = (method: string) => `/fivetran_sdk.v2.SourceConnector/${method}`;

type UpdateContent = Parameters<FivetranClient['update']>[0];

/** A source that is served on the loopback interface, and who calls it. */
export async function played(source: Source, options: ServeFivetranSource = {}) {
  const served = await serveFivetranSource(source, { write: () => {}, ...options });
  const fivetran = fivetranClient(served);
  return {
    ...fivetran,
    served,
    async [Symbol.asyncDispose]() {
      await fivetran[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}

/** All messages of one update. */
export async function updateOf(
  source: Source,
  content: UpdateContent = {},
  options: ServeFivetranSource = {},
): Promise<UpdateResponse[]> {
  await using fivetran = await played(source, options);
  const messages: UpdateResponse[] = [];
  for await (const message of fivetran.update(content)) messages.push(message);
  return messages;
}
