import { Failure } from '@fairlead/sdk';
import { z } from 'zod';
import { ask } from './ask.ts';
import type { Program } from './program.ts';

/** Settings of a foreign executable. */
export const ProgramSettings = z.object({
  command: z.array(z.string().min(1)).min(1).meta({
    title: 'Command',
    description:
      'The executable that you want to run, and the arguments before those of the protocol.',
  }),
  config: z
    .record(z.string(), z.json())
    .default({})
    .meta({ title: 'Config', description: 'The settings that the executable asks you for.' }),
});
export type ProgramSettings = z.infer<typeof ProgramSettings>;

/** The settings as a program. */
export function programOf({ command, config }: ProgramSettings): Program {
  return { command, config };
}

/**
 * Lets the executable check its settings.
 * @throws {Failure} config, when it finds that they do not work.
 */
export async function checkProgram(
  program: Program,
  scope: Parameters<typeof ask>[3],
): Promise<void> {
  const { connectionStatus } = await ask(program, 'check', 'CONNECTION_STATUS', scope);
  const parsed = Status.safeParse(connectionStatus);
  if (parsed.success && parsed.data.status === 'SUCCEEDED') return;
  const message = parsed.data?.message ?? 'the executable says that its settings do not work';
  throw new Failure('config', message, { where: program.command.at(-1) ?? '' });
}

const Status = z.looseObject({ status: z.string(), message: z.string().optional() });
