import { Option, type Command } from 'commander';
import type { CommonOptions, Invocation } from './invocation.ts';

/** The work of a verb, whose code is loaded when it is called. */
type Work = (invocation: Invocation) => Promise<void>;

/** Does the work of a verb with the options that all verbs have. */
export type Act = (options: CommonOptions, work: Work) => Promise<void>;

/** A verb with the options that all have. */
export function verb(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .helpOption('-h, --help', 'print help')
    .option('--json', 'write results, and failures, as JSON')
    .option('-q, --quiet', 'write nothing but results and failures')
    .option('-v, --verbose', 'write more of what happens')
    .addOption(
      new Option('--log-format <format>', 'how the log is written').choices(['text', 'json']),
    );
}

/** A verb that works on a pipeline file. */
export function fileVerb(parent: Command, usage: string, description: string): Command {
  return verb(parent, usage, description).option(
    '-f, --file <path>',
    'the pipeline file (default: pipeline.yaml)',
  );
}

/** A verb that only has verbs of its own. */
export function verbGroup(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .usage('VERB [options]')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false);
}

/** The examples under a verb's help. */
export function examples(...lines: readonly string[]): string {
  const title = lines.length === 1 ? 'Example' : 'Examples';
  return `\n${title}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** Gathers an option that may be given several times. */
export function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
