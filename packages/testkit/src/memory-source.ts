import type { JsonSchema } from '@fairlead/json';
import { type Source, type StatePatch, type StreamInfo, secret } from '@fairlead/sdk';
import { z } from 'zod';
import { encodeKeys, liveKeys } from './live-keys.ts';
import { readScripts, readSharedScript } from './memory-source-pull.ts';
import type { LogStep, MemorySourceOptions, MemoryStream } from './memory-stream.ts';
import type { Script, Step } from './script.ts';

/** A source that says what it is told to. It holds no resource, and shows what was done to it. */
export interface MemorySource extends Source<Settings, Resource, Position, Position> {
  /** How many pulls have begun. */
  readonly pulls: number;
  /** How many pulls have begun and not ended. */
  readonly open: number;
  /** The patches of the checkpoints that a host called `committed` for, in order. */
  readonly committed: readonly StatePatch[];
}

/**
 * A source of scripted streams. The cursor is the number of steps that are done, so a script has
 * to stay as it is, or to grow at its end. After its last step a stream has caught up.
 */
export function memorySource(options: MemorySourceOptions): MemorySource {
  const committed: StatePatch[] = [];
  let pulls = 0;
  let open = 0;
  const failedTimes = new Map<Step, number>();
  return {
    name: 'source-memory',
    title: 'Memory',
    config: Settings,
    resource: Resource,
    cursor: Position,
    ...(options.log === undefined ? {} : { shared: Position }),
    ...(options.sharded === undefined ? {} : { sharded: options.sharded }),
    address: { schemes: ['memory'], parse: (address) => ({ account: address.slice(7) }) },
    get pulls() {
      return pulls;
    },
    get open() {
      return open;
    },
    get committed() {
      return committed;
    },
    async check() {
      if (options.refuses !== undefined) throw options.refuses;
    },
    async discover() {
      return options.streams.map(infoOf);
    },
    async *keys({ binding: { resource } }) {
      const stream = options.streams.find(({ name }) => name === resource.stream);
      const steps = [...stepsOf(stream?.script), ...stepsOf(options.log)];
      const batches = steps.flatMap((step) => {
        const isOther = 'stream' in step && step.stream !== resource.stream;
        return step.is === 'documents' && !isOther ? [step.documents] : [];
      });
      yield encodeKeys(liveKeys(batches, stream?.key ?? ['/id']));
    },
    async *pull(request) {
      pulls++;
      open++;
      try {
        const events =
          options.log === undefined
            ? readScripts(options, failedTimes, request)
            : readSharedScript(options, options.log, failedTimes, request);
        for await (const event of events) {
          if (event.is !== 'checkpoint') yield event;
          else yield { ...event, committed: async () => void committed.push(event.patch) };
        }
      } finally {
        open--;
      }
    },
  };
}

const Settings = z.object({
  account: z
    .string()
    .default('test')
    .meta({ title: 'Account', description: 'Any name that you like.' }),
  token: secret('Access Token', 'Any text; you need none.').optional(),
});
type Settings = z.infer<typeof Settings>;

const Resource = z.object({
  stream: z.string().meta({ title: 'Stream', description: 'The stream that you want to read.' }),
});
type Resource = z.infer<typeof Resource>;

const Position = z.object({ at: z.int().min(0) });
type Position = z.infer<typeof Position>;

function stepsOf(script: Script<LogStep> | undefined): LogStep[] {
  const steps = Array.from({ length: script?.length ?? 0 }, (_, at) => script?.at(at));
  return steps.filter((step) => step !== undefined);
}

function infoOf({ name, key = ['/id'], schema }: MemoryStream): StreamInfo {
  return { name, key, schema: schema ?? schemaOfKey(key), resource: { stream: name } };
}

function schemaOfKey(key: readonly string[]): JsonSchema {
  const members = key.map((pointer) => pointer.slice(1));
  const properties = Object.fromEntries(members.map((member) => [member, {}]));
  return { type: 'object', properties, required: members };
}
