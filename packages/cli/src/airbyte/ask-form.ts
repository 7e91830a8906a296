import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JsonSchema } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';

/**
 * The form of the settings that an executable of Airbyte says it has, with its secrets marked as ours
 * are: what `spec` answers, for settings `{ command, config }`.
 *
 * @throws {Failure} config, when it cannot be started or does not say.
 */
export async function askForm(command: readonly string[]): Promise<JsonSchema> {
  const [file = '', ...args] = command;
  const child = spawn(file, [...args, 'spec'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(new Failure('config', 'the executable cannot be started', { where: file, cause }));
    });
  });
  await started;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const form = formIn(line);
      if (form !== undefined) return { type: 'object', properties: { config: ours(form) } };
    }
  } finally {
    child.kill('SIGKILL');
  }
  throw new Failure('config', 'the executable does not say what its settings are', {
    where: command.at(-1) ?? '',
    hint: 'A connector of Airbyte answers to "spec".',
  });
}

/** The form in a message of the type `SPEC`. */
function formIn(line: string): JsonSchema | undefined {
  const message = parsed(line);
  if (!isRecord(message) || message['type'] !== 'SPEC' || !isRecord(message['spec'])) {
    return undefined;
  }
  const form = message['spec']['connectionSpecification'];
  return isRecord(form) ? form : {};
}

/** A schema in which every `airbyte_secret` is a `secret`. */
function ours(schema: JsonSchema): JsonSchema {
  const members = Object.entries(schema).map(([name, value]): [string, unknown] => {
    if (name === 'airbyte_secret') return ['secret', value];
    if (Array.isArray(value)) {
      return [name, value.map((item) => (isRecord(item) ? ours(item) : item))];
    }
    return [name, isRecord(value) ? ours(value) : value];
  });
  return Object.fromEntries(members);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Some libraries print what they like.
    return undefined;
  }
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
