import { Command, type Argument } from 'commander';
import { addConnectorVerbs } from './connector-verbs.ts';
import type { Act } from './declare-verb.ts';
import { addDeployVerbs } from './deploy-verbs.ts';
import { addFivetranVerbs } from './fivetran-verbs.ts';
import { addFunctionVerbs } from './function-verbs.ts';
import { addPipelineVerbs } from './pipeline-verbs.ts';
import { addPlatformVerbs } from './platform-verbs.ts';

/** What surrounds the command line. */
export interface ProgramOptions {
  readonly version: string;
  /** How wide help may be. */
  readonly columns: number;
  readonly writeHelp: (text: string) => void;
  /** Takes help that nobody asked for, and the parser's own words about an error. */
  readonly writeRefusal: (text: string) => void;
  readonly act: Act;
}

/** The command line: verbs, their options and their help. Parsing throws a `CommanderError`. */
export function createProgram(options: ProgramOptions): Command {
  const { version, columns, act } = options;
  const program = new Command('fairlead')
    .description('Moves data between systems: files and databases in, tables out, exactly once.')
    .usage('VERB [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [verb]', 'print help for a verb')
    .configureHelp({
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
    })
    .exitOverride()
    .configureOutput({
      writeOut: options.writeHelp,
      writeErr: options.writeRefusal,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
    })
    .addHelpText('after', epilogue);
  addPipelineVerbs(program, act);
  addConnectorVerbs(program, act);
  addPlatformVerbs(program, act);
  addFunctionVerbs(program, act);
  addFivetranVerbs(program, act);
  addDeployVerbs(program, act);
  return program;
}

/** The verb that words begin with, as far as it is one: `state show`. */
export function verbOf(program: Command, words: readonly string[]): string {
  const [first, ...rest] = words;
  const verb = program.commands.find((command) => command.name() === first);
  return verb === undefined ? '' : `${verb.name()} ${verbOf(verb, rest)}`.trimEnd();
}

function termOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

const epilogue = `
Example:
  $ fairlead copy './data/*.csv.gz' duckdb:shop.duckdb

Exit codes:
  0         done, also when it was stopped at a commit
  1         a bug, of this program or of a connector
  2         the settings or the words of the command are wrong
  3         a system refused us
  4         a system is busy or cannot be reached
  5         a value has no faithful form
  6         the saved state fits no more
  130, 143  interrupted before it was done`;
