import type { Source } from '@fairlead/sdk';
import { answerHeaders } from './answer.ts';
import {
  type FunctionOptions,
  handleFunctionCall,
  limitsOf,
  tooLargeRequest,
} from './handle-function-call.ts';

/** What is used of a request of `@azure/functions`, version 4. */
export interface AzureRequest {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What `@azure/functions` makes an answer of. */
export interface AzureResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * A source as an HTTP function of Azure:
 * `app.http('main', { methods: ['POST'], handler: azureFunction(source) })`.
 */
export function azureFunction(
  source: Source,
  options: FunctionOptions = {},
): (request: AzureRequest) => Promise<AzureResponse> {
  const deployed: FunctionOptions = { platform: 'azure', ...options };
  return async (request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const { requestBytes } = limitsOf(deployed);
    const answer =
      body.length > requestBytes
        ? tooLargeRequest(requestBytes)
        : await handleFunctionCall(source, body, deployed);
    return { status: answer.status, headers: answerHeaders, body: answer.body };
  };
}
