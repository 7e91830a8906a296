import { previewCapture, printPreview, type PreviewStep } from '@fairlead/host-flow';
import { Failure, parseDuration } from '@fairlead/sdk';
import { flowProgram } from '../platform/flow-program.ts';
import { givenCount, givenJson, givenSettings } from '../platform/given-settings.ts';
import type { Invocation } from '../invocation.ts';

export interface PreviewOptions {
  readonly config?: string;
  readonly stream?: readonly string[];
  readonly sessions?: string;
  readonly shards?: string;
  readonly timeout?: string;
  readonly initialState?: string;
  readonly acknowledge?: boolean;
  readonly kill?: boolean;
  readonly steps?: boolean;
  readonly fixture?: boolean;
  readonly codec?: 'json' | 'proto';
}

/**
 * `fairlead flow-preview CONNECTOR`: a capture as the runtime of Flow runs it. Every line is a JSON
 * array: a collection and a document, or `connectorState` and how it changes.
 */
export async function flowPreview(
  invocation: Invocation,
  words: readonly string[],
  options: PreviewOptions,
): Promise<void> {
  const { environment, output } = invocation;
  const { config, initialState, sessions, shards, stream: streams } = options;
  const program = flowProgram(invocation, 'source', words);
  const steps = previewCapture({
    launch: program.launch,
    codec: options.codec ?? 'json',
    config: config === undefined ? {} : givenSettings(environment, '--config', config),
    quietMs: parseTimeout(options.timeout ?? '10s'),
    acknowledge: options.acknowledge !== false,
    stop: options.kill === true ? 'kill' : 'close',
    ...(streams === undefined ? {} : { streams }),
    ...(sessions === undefined ? {} : { sessions: parseSessions(sessions) }),
    ...(shards === undefined ? {} : { shards: givenCount('--shards', shards, 1) }),
    ...(initialState === undefined
      ? {}
      : { state: givenJson(environment, '--initial-state', initialState) }),
  });
  try {
    for await (const step of steps) {
      const lines =
        options.fixture === true
          ? fixture(step)
          : printPreview(step, { steps: options.steps === true });
      if (lines.length > 0) await output.write(lines);
    }
  } catch (error) {
    throw program.explain(error);
  }
}

/** A step as lines of a fixture. */
function fixture(step: PreviewStep): Uint8Array {
  if (step.is === 'checkpoint') return Buffer.from('{"commit":true}\n');
  return printPreview(step, { states: false });
}

function parseSessions(text: string): readonly number[] {
  return text.split(',').map((word) => givenCount('--sessions', word.trim(), -1));
}

function parseTimeout(text: string): number {
  const ms = parseDuration(text);
  if (!Number.isNaN(ms)) return ms;
  throw new Failure('config', 'must be a number and a unit: 250ms, 30s, 15m, 6h or 1d', {
    where: '--timeout',
  });
}
