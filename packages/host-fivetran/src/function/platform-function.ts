import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Failure, type Source } from '@fairlead/sdk';
import { noMask } from '@fairlead/host-io';
import { answerHeaders, type FunctionAnswer } from './answer.ts';
import { azureFunction } from './azure-function.ts';
import { errorAnswer } from './error-answer.ts';
import { type FunctionOptions, limitsOf, tooLargeRequest } from './handle-function-call.ts';
import { type HttpFunction, httpFunction } from './http-function.ts';
import { lambdaFunction } from './lambda-function.ts';

/**
 * A source over HTTP by way of the function that its platform runs, so that what the platform does to
 * requests and answers is done here too: Lambda calls with a value, and makes JSON of another one.
 */
export function platformFunction(source: Source, options: FunctionOptions = {}): HttpFunction {
  if (options.platform === 'lambda') return invoked((body) => invokeLambda(source, body, options));
  if (options.platform === 'azure') return invoked((body) => invokeAzure(source, body, options));
  return httpFunction(source, options);
}

function invoked(invoke: (body: Buffer) => Promise<FunctionAnswer>): HttpFunction {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const { status, body } = await invoke(await buffer(request));
    response.writeHead(status, { ...answerHeaders, 'content-length': body.length });
    response.end(body);
  };
}

async function invokeLambda(
  source: Source,
  body: Buffer,
  options: FunctionOptions,
): Promise<FunctionAnswer> {
  const { requestBytes, timeoutMs } = limitsOf(options);
  if (body.length > requestBytes) return tooLargeRequest(requestBytes);
  const event = valueOf(body);
  if (event === undefined) {
    const failure = new Failure('config', 'the request is not JSON', { where: 'request' });
    return errorAnswer(failure, noMask);
  }
  const until = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => until - performance.now() };
  const value = await lambdaFunction(source, options)(event, context);
  // The status of an invocation is another one's affair.
  return { status: 200, body: Buffer.from(JSON.stringify(value)) };
}

function valueOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function invokeAzure(
  source: Source,
  body: Buffer,
  options: FunctionOptions,
): Promise<FunctionAnswer> {
  const arrayBuffer = async () => Uint8Array.from(body).buffer;
  const { status, body: answer } = await azureFunction(source, options)({ arrayBuffer });
  return { status, body: answer };
}
