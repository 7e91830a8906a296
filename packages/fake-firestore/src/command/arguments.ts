import { parseArgs } from 'node:util';
import type { ShapeOptions } from '../synthetic/shape.ts';
import { CommandError } from './command-error.ts';

/** What the command was asked for. */
export interface Arguments {
  readonly help: boolean;
  readonly port: number;
  readonly project: string;
  /** Files of documents. */
  readonly seeds: readonly string[];
  readonly shapes: readonly ShapeOptions[];
  readonly retentionMs: number;
  readonly pointInTimeRecovery: boolean;
  readonly roundTripMs: number;
  readonly documentsPerSecond: number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What words on a command line mean. @throws {CommandError} that says which word is wrong, and what is right */
export function parseArguments(words: readonly string[]): Arguments {
  const { values } = read(words);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CommandError(`--port takes a number from 0 to 65535, not "${values.port}".`);
  }
  if (!/^[^/\s]+$/.test(values.project)) {
    throw new CommandError(`--project takes an id such as demo, not "${values.project}".`);
  }
  return {
    help: values.help,
    port,
    project: values.project,
    seeds: values.seed,
    shapes: values.synthesise.map(shapeOf),
    retentionMs: durationMs('--retention', values.retention),
    roundTripMs: durationMs('--round-trip', values['round-trip']),
    documentsPerSecond: rateOf(values['documents-per-second']),
    pointInTimeRecovery: values['point-in-time-recovery'],
  };
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        port: { type: 'string', default: '8080' },
        project: { type: 'string', default: 'demo' },
        seed: { type: 'string', multiple: true, default: [] },
        synthesise: { type: 'string', multiple: true, default: [] },
        retention: { type: 'string', default: '1h' },
        'round-trip': { type: 'string', default: '0ms' },
        'documents-per-second': { type: 'string' },
        'point-in-time-recovery': { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause));
  }
}

/** A shape such as `users=1000000:300:number`: a collection, a count, and perhaps bytes and a way of naming. */
function shapeOf(text: string): ShapeOptions {
  const [, collection, count, bytes, ids] =
    /^(.+)=([\d_]+)(?::(\d+))?(?::(auto-id|number))?$/.exec(text) ?? [];
  if (collection === undefined || count === undefined) {
    throw new CommandError(
      `--synthesise takes a collection, a count and perhaps bytes, such as users=1000000:300, not "${text}".`,
    );
  }
  return {
    collection,
    count: Number(count.replaceAll('_', '')),
    ...(bytes === undefined ? {} : { bytes: Number(bytes) }),
    ...(ids === 'auto-id' || ids === 'number' ? { ids } : {}),
  };
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text.replaceAll('_', ''));
  if (Number.isInteger(rate) && rate > 0) return rate;
  throw new CommandError(`--documents-per-second takes a number such as 10000, not "${text}".`);
}

function durationMs(option: string, text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = unitMs[unit];
  if (number !== undefined && factor !== undefined) return Number(number) * factor;
  throw new CommandError(`${option} takes a time such as 1h, 30m, 90s or 20ms, not "${text}".`);
}
