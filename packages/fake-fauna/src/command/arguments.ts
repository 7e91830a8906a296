import { parseArgs } from 'node:util';
import type { ShapeOptions } from '../synthetic/shape.ts';
import { CommandError } from './command-error.ts';

/** What the command was asked for. */
export interface Arguments {
  readonly help: boolean;
  readonly port: number;
  readonly secret: string;
  /** Files of documents. */
  readonly seeds: readonly string[];
  readonly shapes: readonly (ShapeOptions & { readonly collection: string })[];
  /** Null keeps all. */
  readonly historyDays: number | null;
  readonly documentsPerSecond: number;
}

/** What words on a command line mean. @throws {CommandError} that says which word is wrong, and what is right */
export function parseArguments(words: readonly string[]): Arguments {
  const { values } = read(words);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CommandError(`--port takes a number from 0 to 65535, not "${values.port}".`);
  }
  if (values.secret === '') throw new CommandError('--secret takes a text that is not empty.');
  return {
    help: values.help,
    port,
    secret: values.secret,
    seeds: values.seed,
    shapes: values.synthesise.map(shapeOf),
    historyDays: daysOf(values['history-days']),
    documentsPerSecond: rateOf(values['documents-per-second']),
  };
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        port: { type: 'string', default: '8443' },
        secret: { type: 'string', default: 'secret' },
        seed: { type: 'string', multiple: true, default: [] },
        synthesise: { type: 'string', multiple: true, default: [] },
        'history-days': { type: 'string', default: '30' },
        'documents-per-second': { type: 'string' },
      },
    });
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause));
  }
}

/** A shape such as `users=1000000:300`: a collection, a count, and perhaps bytes. */
function shapeOf(text: string): ShapeOptions & { readonly collection: string } {
  const [, collection, count, bytes] = /^([^=]+)=([\d_]+)(?::(\d+))?$/.exec(text) ?? [];
  if (collection === undefined || count === undefined) {
    throw new CommandError(
      `--synthesise takes a collection, a count and perhaps bytes, such as users=1000000:300, not "${text}".`,
    );
  }
  const size = bytes === undefined ? {} : { bytes: Number(bytes) };
  return { collection, count: Number(count.replaceAll('_', '')), ...size };
}

function daysOf(text: string): number | null {
  if (text === 'all') return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new CommandError(`--history-days takes a number of days, or all, not "${text}".`);
}

function rateOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const rate = Number(text.replaceAll('_', ''));
  if (Number.isInteger(rate) && rate > 0) return rate;
  throw new CommandError(`--documents-per-second takes a number such as 10000, not "${text}".`);
}
