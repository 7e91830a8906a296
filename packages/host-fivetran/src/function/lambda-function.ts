import { Decimal, decodeValue } from '@fairlead/json';
import { Failure, type Source } from '@fairlead/sdk';
import { errorAnswer } from './error-answer.ts';
import { type FunctionOptions, handleFunctionCall } from './handle-function-call.ts';
import { noMask } from '@fairlead/host-io';

/** What is used of the context of a call. */
export interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

/**
 * A source as a function of AWS Lambda: `export const handler = lambdaFunction(source)`. A call takes
 * the time that the deployment allows it. Lambda makes JSON of a value, not of bytes, so an answer is
 * parsed here; numbers that a double cannot hold keep their digits on Node 22 and later, and are a
 * failure before. Errors are answers too.
 */
export function lambdaFunction(
  source: Source,
  options: FunctionOptions = {},
): (event: unknown, context?: LambdaContext) => Promise<unknown> {
  return async (event, context = {}) => {
    const timeoutMs = context.getRemainingTimeInMillis?.();
    const limits = { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...options.limits };
    const deployed: FunctionOptions = { platform: 'lambda', ...options, limits };
    const { body } = await handleFunctionCall(source, event, deployed);
    try {
      return valueOf(body);
    } catch (error) {
      return valueOf(errorAnswer(error, noMask).body);
    }
  };
}

/** The value whose JSON has the same content, all digits of its numbers included. */
function valueOf(body: Uint8Array): unknown {
  return withDigits(decodeValue(body));
}

function withDigits(value: unknown): unknown {
  if (typeof value === 'bigint') return rawNumber(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Decimal) return rawNumber(value.text);
  if (Array.isArray(value)) return value.map(withDigits);
  // As own properties, also one that is called `__proto__`.
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withDigits(item)]));
}

/** A value of which `JSON.stringify` makes this literal. */
function rawNumber(literal: string): unknown {
  // Newer than the language that this is compiled for.
  const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };
  if (rawJSON !== undefined) return rawJSON(literal);
  throw new Failure('data', 'a number has more digits than this version of Node can answer', {
    where: 'AWS Lambda',
    hint: 'Run the function on Node 22 or later.',
  });
}
