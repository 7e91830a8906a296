import { Option, type Command } from 'commander';
import type { CopyOptions } from './copy-pipeline.ts';
import { examples, fileVerb, gather, verb, verbGroup, type Act } from './declare-verb.ts';
import type { CommonOptions } from './invocation.ts';
import type { FileOptions } from './verbs/open-pipeline.ts';
import type { VerifyOptions } from './verbs/verify.ts';

type With<Options> = CommonOptions & Options;

/** Declares the verbs that work on a pipeline. */
export function addPipelineVerbs(program: Command, act: Act): void {
  addCopy(program, act);
  addRun(program, act);
  addLooks(program, act);
  addVerify(program, act);
  addState(program, act);
  addStart(program, act);
}

function addCopy(program: Command, act: Act): void {
  const copy = verb(program, 'copy', 'copy a source into a destination, without a file')
    .argument('<source>', 'an address, or the path of files (put quotes around a pattern)')
    .argument('[destination]', 'an address (default: duckdb:fairlead.duckdb)')
    .option('--name <name>', 'name the pipeline (default: one made from the source)')
    .option('--stream <pattern>', 'only these streams; may be given again', gather)
    .option('--columns <list>', 'only these columns, as in "*,-notes"')
    .option('--key <list>', 'the members that identify a document')
    .addOption(new Option('--write <mode>', 'what a known key does').choices(['merge', 'append']))
    .addOption(
      new Option('--deletes <mode>', 'what a delete does (default: hard)').choices([
        'hard',
        'soft',
        'ignore',
      ]),
    )
    .addOption(
      new Option('--contract <mode>', 'what a new shape does (default: evolve)').choices([
        'evolve',
        'freeze',
        'quarantine',
      ]),
    )
    .option('--table <name>', 'the table to write to')
    .option(
      '--set <setting>',
      'source.NAME=VALUE or destination.NAME=VALUE; again for more',
      gather,
    )
    .option('--watch', 'go on for what comes later, until it is stopped')
    .option('--commit-every <duration>', 'the time between commits (default: 30s)')
    .option('--commit-bytes <size>', 'the size of a transaction (default: 4GiB)');
  copy.addHelpText(
    'after',
    examples(
      "fairlead copy './data/*.csv.gz' duckdb:shop.duckdb",
      "fairlead copy './data/*.csv' --table orders --columns '*,-notes' --key id",
    ),
  );
  copy.action((source: string, destination: string | undefined, options: With<CopyOptions>) =>
    act(options, async (invocation) => {
      const { copy: work } = await import('./verbs/copy.ts');
      await work(invocation, source, destination, options);
    }),
  );
}

function addRun(program: Command, act: Act): void {
  fileVerb(program, 'run', 'run the pipeline once, or for ever')
    .option('--watch', 'go on for what comes later, until it is stopped')
    .addHelpText('after', examples('fairlead run --watch'))
    .action((options: With<FileOptions & { watch?: boolean }>) =>
      act(options, async (invocation) => {
        const { run } = await import('./verbs/run.ts');
        await run(invocation, options);
      }),
    );
}

/** Verbs that change nothing. */
function addLooks(program: Command, act: Act): void {
  fileVerb(program, 'check', 'try both ends of the pipeline')
    .addHelpText('after', examples('fairlead check'))
    .action((options: With<FileOptions>) =>
      act(options, async (invocation) => {
        const { check } = await import('./verbs/check.ts');
        await check(invocation, options);
      }),
    );
  fileVerb(program, 'discover', 'list the streams of the source')
    .addHelpText('after', examples('fairlead discover', 'fairlead discover --json'))
    .action((options: With<FileOptions>) =>
      act(options, async (invocation) => {
        const { discover } = await import('./verbs/discover.ts');
        await discover(invocation, options);
      }),
    );
  fileVerb(program, 'preview', 'show the first rows, their types and the statements to come')
    .argument('[stream...]', 'streams or patterns (default: all of the pipeline)')
    .option('--rows <count>', 'rows of each stream (default: 10)')
    .addHelpText('after', examples("fairlead preview 'orders*' --rows 3"))
    .action((streams: string[], options: With<FileOptions & { rows?: string }>) =>
      act(options, async (invocation) => {
        const { preview } = await import('./verbs/preview.ts');
        await preview(invocation, streams, options);
      }),
    );
  fileVerb(program, 'plan', 'print what a run would create or alter first, as SQL')
    .addHelpText('after', examples('fairlead plan > changes.sql'))
    .action((options: With<FileOptions>) =>
      act(options, async (invocation) => {
        const { plan } = await import('./verbs/plan.ts');
        await plan(invocation, options);
      }),
    );
}

function addVerify(program: Command, act: Act): void {
  fileVerb(program, 'verify', 'compare which documents the source and the destination have')
    .argument('[source]', 'an address, for a copy without a file')
    .argument('[destination]', 'an address (default: duckdb:fairlead.duckdb)')
    .option('--stream <pattern>', 'only these streams of the addresses; may be given again', gather)
    .option('--table <name>', 'the table that was written to')
    .option(
      '--set <setting>',
      'source.NAME=VALUE or destination.NAME=VALUE; again for more',
      gather,
    )
    .addHelpText(
      'after',
      examples('fairlead verify', 'fairlead verify fauna+http://localhost:8443 duckdb:shop.duckdb'),
    )
    .action(
      (source: string | undefined, destination: string | undefined, options: With<VerifyOptions>) =>
        act(options, async (invocation) => {
          const { verify } = await import('./verbs/verify.ts');
          await verify(invocation, { source, destination }, options);
        }),
    );
}

function addState(program: Command, act: Act): void {
  const state = verbGroup(
    program,
    'state',
    'show or change what the pipeline remembers',
  ).addHelpText('after', examples('fairlead state show'));
  fileVerb(state, 'show', 'show how far each stream was read, and the last commits')
    .addHelpText('after', examples('fairlead state show --json'))
    .action((options: With<FileOptions>) =>
      act(options, async (invocation) => {
        const { showStateVerb } = await import('./verbs/state.ts');
        await showStateVerb(invocation, options);
      }),
    );
  fileVerb(state, 'reset', 'forget what was read, so that it is read anew')
    .argument('[stream...]', 'streams (default: all)')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('fairlead state reset orders --yes'))
    .action((streams: string[], options: With<FileOptions & { yes?: boolean }>) =>
      act(options, async (invocation) => {
        const { resetStateVerb } = await import('./verbs/state.ts');
        await resetStateVerb(invocation, streams, options);
      }),
    );
  fileVerb(state, 'rewind', 'go back to an earlier commit, so that what followed is read again')
    .requiredOption('--to <commit>', 'the last commit that stays; see "fairlead state show"')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('fairlead state rewind --to 12 --yes'))
    .action((options: With<FileOptions & { to: string; yes?: boolean }>) =>
      act(options, async (invocation) => {
        const { rewindStateVerb } = await import('./verbs/state.ts');
        await rewindStateVerb(invocation, options);
      }),
    );
}

/** Verbs that write files for a pipeline. */
function addStart(program: Command, act: Act): void {
  fileVerb(program, 'init', 'write a pipeline file to begin with')
    .option('--source <address>', "where the data is (default: './data/*')")
    .option('--destination <address>', 'where it goes (default: a DuckDB file)')
    .addHelpText('after', examples("fairlead init --source './data/*.csv.gz'"))
    .action((options: With<FileOptions & { source?: string; destination?: string }>) =>
      act(options, async (invocation) => {
        const { init } = await import('./verbs/init.ts');
        await init(invocation, options);
      }),
    );
  fileVerb(program, 'schema', 'write the JSON Schema by which editors complete the pipeline file')
    .addHelpText('after', examples('fairlead schema', 'fairlead schema --json'))
    .action((options: With<FileOptions>) =>
      act(options, async (invocation) => {
        const { schema } = await import('./verbs/schema.ts');
        await schema(invocation, options);
      }),
    );
}
