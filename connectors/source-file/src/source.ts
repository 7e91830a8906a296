import {
  captureFiles,
  FileCursor,
  memberKey,
  sampleStream,
  type FileInfo,
} from '@fairlead/file-capture';
import { Failure, type Scope, type Source, type StreamInfo } from '@fairlead/sdk';
import { fileAddress } from './address.ts';
import { FileConfig, FileResource } from './settings.ts';
import { fileStreams } from './streams.ts';

/** Files on this machine: CSV and JSON, plain or compressed with gzip. */
export const file: Source<FileConfig, FileResource, FileCursor> = {
  name: 'source-file',
  title: 'Files',
  config: FileConfig,
  resource: FileResource,
  cursor: FileCursor,
  address: fileAddress,
  sharded: true,

  async check(scope) {
    await readableStreams(scope, 1);
  },

  discover: (scope) => readableStreams(scope, Number.POSITIVE_INFINITY),

  pull({ config, bindings, state, until, range, signal, log }) {
    const streams = fileStreams(config);
    return captureFiles({
      bindings: bindings.map(({ stateKey, resource: { stream } }) => ({
        stream,
        stateKey,
        store: streams.store(stream),
        settings: streams.settings(stream),
      })),
      state,
      until,
      range,
      signal,
      log,
      intervalMs: config.interval,
    });
  },
};

/**
 * Streams up to the `count`th that can be read. One that cannot is offered all the same, as it may be
 * mended.
 * @throws {Failure} when there is no stream, or none can be read.
 */
async function readableStreams(scope: Scope<FileConfig>, count: number): Promise<StreamInfo[]> {
  const { config, signal, log } = scope;
  const streams = fileStreams(config);
  const found: StreamInfo[] = [];
  let readable = 0;
  let failure: Failure | undefined;
  for (const name of await streams.list({ signal })) {
    if (readable === count) break;
    signal.throwIfAborted();
    const store = streams.store(name);
    const settings = streams.settings(name);
    const files: FileInfo[] = [];
    for await (const listed of store.list({ signal })) files.push(listed);
    const sample = await sampleStream({ store, files, settings, signal, log });
    failure ??= sample.failure;
    if (sample.failure === undefined) readable++;
    found.push({
      name,
      key: config.metadata === false ? [] : memberKey(config.metadata),
      schema: sample.schema,
      ...(sample.textual ? { textual: true } : {}),
      resource: { stream: name },
    });
  }
  if (found.length === 0) throw nothingFound(config);
  if (readable === 0 && failure !== undefined) throw failure;
  return found;
}

function nothingFound({ paths }: FileConfig): Failure {
  const shown = typeof paths === 'string' ? paths : paths.join(', ');
  return new Failure('config', 'there are no files here', {
    where: shown,
    hint: 'Check the pattern, and root, in which it begins; hidden files are left out.',
  });
}
