import { type CodecName, type Exit, type MessageSet, messageReader } from '@fairlead/host-flow';
import { errorOf, expectThat, inTime } from '../check.ts';
import type { FlowStart, StartOptions } from './flow-start.ts';

/** What a connector said and how it ended. */
export interface Exchange<Response> {
  readonly responses: readonly Response[];
  readonly exit: Exit;
  /** Lines of the log. */
  readonly log: readonly string[];
}

export interface ExchangeOptions extends Pick<StartOptions, 'logLevel'> {
  readonly start: FlowStart;
  readonly codec: CodecName;
  readonly responses: MessageSet;
  /** Bytes of requests, a piece at a time. */
  readonly input: Iterable<Uint8Array>;
  /** Whether the connector is asked to stop after its first answer, rather than that its input ends. */
  readonly stops?: boolean;
}

/**
 * Sends bytes to a new connector and waits for its end. What it answers is read as the runtime reads
 * it, so anything else than messages on its standard output is an error.
 */
export async function exchange<Response extends { readonly is: string }>({
  start,
  codec,
  responses: set,
  input,
  stops = false,
  ...options
}: ExchangeOptions): Promise<Exchange<Response>> {
  const log: string[] = [];
  const launch = start({ ...options, onLog: (line) => log.push(line) });
  await using running = launch(codec);
  const responses: Response[] = [];
  const reading = (async () => {
    const reader = messageReader<Response>(set, { codec, strict: true });
    for await (const chunk of running.output) {
      responses.push(...reader.read(Uint8Array.from(chunk)));
      if (stops) running.stop();
    }
    reader.end();
  })();
  // It may fail before the input is sent, which then is what counts.
  reading.catch(() => {});
  for (const bytes of input) await inTime(running.send(bytes), 'taking a request');
  if (!stops) running.end();
  await inTime(reading, 'the last answer');
  const exit = await inTime(running.exited, 'the end of the connector');
  return { responses, exit, log };
}

/** Fails unless a connector ended as one that has failed: with an exit code, and why as its last record. */
export function expectFailed({ exit, log }: Exchange<unknown>, what: string): void {
  expectThat(exit.code !== 0, `${what}: it ended with exit code 0`);
  expectThat(exit.code !== null, `${what}: it was killed`);
  const last = recordOf(log.at(-1) ?? '');
  expectThat(last !== undefined, `${what}: the last line of its log is no record`);
  expectThat(
    last.message !== '' && failureLevels.has(last.level),
    `${what}: the last record of its log is of level "${last.level}" and says "${last.message}"`,
  );
}

/** Fails unless a call ends with the connector failing as a connector does: with an exit code. */
export async function expectRefusal(call: () => Promise<unknown>, what: string): Promise<void> {
  const error = await errorOf(call, what);
  const said = error instanceof Error ? error.message : String(error);
  const isRefusal = /exited with code [1-9]/.test(said);
  expectThat(isRefusal, `${what}: it did not fail as a connector does: ${said}`);
}

/** A record of a log; undefined when the line is none. */
export function recordOf(line: string): { level: string; message: string } | undefined {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== 'object' || record === null) return undefined;
    const { level, lvl, message, msg } = record as Readonly<Record<string, unknown>>;
    return {
      level: String(level ?? lvl ?? '').toLowerCase(),
      message: String(message ?? msg ?? ''),
    };
  } catch {
    return undefined;
  }
}

const failureLevels: ReadonlySet<string> = new Set(['error', 'fatal', 'panic']);
