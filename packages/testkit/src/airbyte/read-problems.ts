import { misfitOf } from './json-schema.ts';
import { idOfRecord, idOfStream, type AirbyteMessage, type CatalogStream } from './message.ts';
import type { Transcript } from './transcript.ts';

/** Where the statuses of the streams of a read that went well are not those of the protocol. */
export function statusProblems(
  transcript: Transcript,
  streams: readonly CatalogStream[],
): string[] {
  return streams.flatMap((stream) => {
    const id = idOfStream(stream);
    const story = storyOf(transcript, id);
    const told = story.filter((event) => event !== 'record' && event !== 'state');
    const problems: string[] = [];
    if (told[0] !== 'STARTED') problems.push('does not begin with STARTED');
    if (told.filter((status) => status === 'STARTED').length > 1) problems.push('is STARTED twice');
    if (!told.includes('RUNNING')) problems.push('is never RUNNING');
    if (told.filter(isTerminal).length !== 1) problems.push('does not have one end');
    if (told.at(-1) !== 'COMPLETE') problems.push('is not COMPLETE in the end');
    const record = story.indexOf('record');
    if (record >= 0 && record < story.indexOf('RUNNING'))
      problems.push('has records before RUNNING');
    const end = story.findIndex(isTerminal);
    if (end >= 0 && story.slice(end).includes('record')) problems.push('has records after its end');
    if (end >= 0 && story.slice(end).includes('state')) problems.push('has a state after its end');
    return problems.map((problem) => `${id} ${problem}`);
  });
}

/** Where states are missing, of the wrong form, or come before records that they cover. */
export function stateProblems(transcript: Transcript, streams: readonly CatalogStream[]): string[] {
  const problems: string[] = [];
  const types = new Set<unknown>();
  for (const message of transcript.messages) {
    if (message.type !== 'STATE') continue;
    const { type, stream, global } = message.state;
    types.add(type);
    if (type !== 'STREAM' && type !== 'GLOBAL') problems.push(`a state is ${String(type)}`);
    if (type === 'STREAM' && !stream) problems.push('a state of a stream names none');
    if (type === 'GLOBAL' && !global) problems.push('a state of all streams has no parts');
  }
  if (types.size > 1) problems.push('states are of several types');
  for (const id of streams.map(idOfStream)) {
    const story = storyOf(transcript, id);
    if (!story.includes('state')) problems.push(`${id} has no state`);
    if (story.lastIndexOf('record') > story.lastIndexOf('state')) {
      problems.push(`${id} has records after its last state`);
    }
  }
  return problems;
}

/** Where `sourceStats` are not the records since the state before. */
export function countProblems({ messages }: Pick<Transcript, 'messages'>): string[] {
  const problems: string[] = [];
  const counts = new Map<string, number>();
  for (const message of messages) {
    if (message.type === 'RECORD') {
      const id = idOfRecord(message);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    if (message.type !== 'STATE') continue;
    const { stream, sourceStats } = message.state;
    const ids = stream ? [idOfStream(stream.stream_descriptor)] : [...counts.keys()];
    const expected = ids.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0);
    const told = sourceStats?.recordCount;
    if (told !== expected) {
      const where = stream ? ids.join() : 'all streams';
      problems.push(`a state of ${where} counts ${String(told)} records of ${expected}`);
    }
    for (const id of ids) counts.delete(id);
  }
  return problems;
}

/** Where records are not what their stream was described to be. */
export function recordProblems(
  { messages }: Pick<Transcript, 'messages'>,
  streams: readonly CatalogStream[],
): string[] {
  const known = new Map(
    streams.map((stream) => [
      idOfStream(stream),
      { misfit: misfitOf(stream.json_schema), key: stream.source_defined_primary_key ?? [] },
    ]),
  );
  const problems = new Set<string>();
  for (const message of messages) {
    if (message.type !== 'RECORD') continue;
    const { record } = message;
    const id = idOfRecord(message);
    const stream = known.get(id);
    if (stream === undefined) {
      problems.add(`there are records of ${id}, which nobody asked for`);
      continue;
    }
    const { data } = record;
    const misfit = stream.misfit(data);
    if (misfit !== undefined) problems.add(`${id}: ${misfit}`);
    for (const path of stream.key) {
      const value = path.reduce<unknown>((at, step) => Object(at)[step], data);
      if (value === undefined || value === null || typeof value === 'object') {
        problems.add(`${id}: the key ${path.join('.')} of a record is no scalar`);
      }
    }
  }
  return [...problems];
}

type StoryEvent = 'record' | 'state' | 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

/** What happened to one stream, in order. */
export function storyOf({ messages }: Pick<Transcript, 'messages'>, id: string): StoryEvent[] {
  return messages.flatMap((message): StoryEvent[] => {
    if (message.type === 'RECORD') {
      return idOfRecord(message) === id ? ['record'] : [];
    }
    if (message.type === 'STATE') return covers(message, id) ? ['state'] : [];
    if (message.type !== 'TRACE' || message.trace.type !== 'STREAM_STATUS') return [];
    const { stream_descriptor, status } = message.trace.stream_status;
    return idOfStream(stream_descriptor) === id ? [status] : [];
  });
}

/** Whether a state says something about a stream. */
function covers({ state }: Extract<AirbyteMessage, { type: 'STATE' }>, id: string): boolean {
  if (state.stream) return idOfStream(state.stream.stream_descriptor) === id;
  return state.global !== undefined && state.global !== null;
}

function isTerminal(event: StoryEvent): boolean {
  return event === 'COMPLETE' || event === 'INCOMPLETE';
}
