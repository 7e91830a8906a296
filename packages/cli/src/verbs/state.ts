import { resetState, rewindState, showState, type RunCheckpoint } from '@fairlead/runtime';
import { Failure } from '@fairlead/sdk';
import { noStream } from '../choose-streams.ts';
import { logOf, writeJson, type Invocation } from '../invocation.ts';
import { printable } from '../printable.ts';
import { formatCount } from '../quantities.ts';
import { renderTable } from '../render-table.ts';
import { openPipeline, type FileOptions } from './open-pipeline.ts';

/** `fairlead state show`: what the pipeline remembers. */
export async function showStateVerb(invocation: Invocation, options: FileOptions): Promise<void> {
  const { pipeline, scope } = await open(invocation, options);
  const checkpoint = await showState(pipeline, scope);
  if (invocation.options.json === true) {
    await writeJson(invocation.output, { pipeline: pipeline.name, checkpoint });
  } else if (checkpoint === null) {
    await invocation.output.write(`the pipeline "${pipeline.name}" has not run yet\n`);
  } else await invocation.output.write(renderState(pipeline.name, checkpoint));
}

/** `fairlead state reset [STREAM…]`: the next run reads these streams, or all, anew. */
export async function resetStateVerb(
  invocation: Invocation,
  streams: readonly string[],
  options: FileOptions & { readonly yes?: boolean },
): Promise<void> {
  const { pipeline, scope } = await open(invocation, options);
  const before = await showState(pipeline, scope);
  const known = before === null ? [] : streamsOf(before);
  const unknown = streams.find((name) => !known.includes(name));
  if (unknown !== undefined) throw noStream(unknown, known);
  const what =
    streams.length === 0
      ? `all streams of "${pipeline.name}"`
      : `the streams ${streams.join(', ')}`;
  await confirm(invocation, `Forget what was read of ${what}, and read it anew?`, options);
  await resetState(pipeline, { ...scope, ...(streams.length === 0 ? {} : { streams }) });
  await say(invocation, `the next run reads ${what} anew`, {
    pipeline: pipeline.name,
    streams: streams.length === 0 ? known : streams,
  });
}

/** `fairlead state rewind --to COMMIT`: the state as it was right after that commit. */
export async function rewindStateVerb(
  invocation: Invocation,
  options: FileOptions & { readonly to: string; readonly yes?: boolean },
): Promise<void> {
  const { pipeline, scope } = await open(invocation, options);
  const before = await showState(pipeline, scope);
  const targets = before === null ? [] : targetsOf(before);
  const target = targets.find(({ to }) => String(to) === options.to);
  if (target === undefined) {
    const all = targets.map(({ to }) => to).join(', ');
    throw new Failure('config', `commit "${options.to}" cannot be returned to`, {
      where: '--to',
      hint:
        targets.length === 0
          ? 'No commit can be; "fairlead state reset" reads all anew.'
          : `Choose one of these: ${all}.`,
    });
  }
  const { to, first } = target;
  await confirm(invocation, `Read again what came after commit ${to}?`, options);
  await rewindState(pipeline, { ...scope, commit: first });
  await say(invocation, `the next run goes on after commit ${to}`, {
    pipeline: pipeline.name,
    commit: to,
  });
}

async function open(invocation: Invocation, options: FileOptions) {
  const pipeline = await openPipeline(invocation, options);
  return { pipeline, scope: { log: logOf(invocation), signal: invocation.interruption.now } };
}

function streamsOf({ state, streams }: RunCheckpoint): string[] {
  return [...new Set([...Object.keys(state.bindings), ...Object.keys(streams)])];
}

/** A commit to which a pipeline can be set back, and the first of those that are taken back. */
interface Target {
  readonly to: number;
  readonly first: number;
}

/** Latest first. Commits that were taken back before are no longer there. */
function targetsOf({ history }: RunCheckpoint): readonly Target[] {
  return history.map(({ commit }, index) => ({
    to: history[index + 1]?.commit ?? commit - 1,
    first: commit,
  }));
}

/** Asks, where somebody can be asked. @throws {Failure} config, when it is not wanted. */
async function confirm(
  { ask, interruption }: Invocation,
  question: string,
  { yes }: { readonly yes?: boolean },
): Promise<void> {
  if (yes === true) return;
  if (ask === undefined) {
    throw new Failure('config', 'nobody can be asked whether this is meant', {
      hint: 'Say so with --yes.',
    });
  }
  const answer = await ask(`${question} [y/N] `, interruption.now);
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('config', 'nothing was changed');
}

async function say({ options, output }: Invocation, text: string, value: object): Promise<void> {
  if (options.json === true) await writeJson(output, value);
  else await output.write(`${printable(text)}\n`);
}

function renderState(name: string, checkpoint: RunCheckpoint): string {
  const { source, state, commits, history } = checkpoint;
  const positions = [
    ...(state.shared === undefined ? [] : [['(shared)', JSON.stringify(state.shared)]]),
    ...streamsOf(checkpoint).map((stream) => [stream, positionOf(checkpoint, stream)]),
  ];
  const returns = history.map((past) => [String(past.commit), past.at]);
  return [
    `pipeline "${printable(name)}", ${source}, ${formatCount(commits)} ${commits === 1 ? 'commit' : 'commits'}\n`,
    ...(positions.length === 0
      ? []
      : [renderTable([{ title: 'stream' }, { title: 'position' }], positions)]),
    ...(returns.length === 0
      ? []
      : [renderTable([{ title: 'commit', align: 'right' }, { title: 'at' }], returns)]),
  ].join('\n');
}

function positionOf({ state }: RunCheckpoint, stream: string): string {
  const position = Object.hasOwn(state.bindings, stream) ? state.bindings[stream] : undefined;
  return position === undefined ? '-' : JSON.stringify(position);
}
