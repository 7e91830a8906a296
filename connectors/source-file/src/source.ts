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
    const [first] = await discoverSome(scope, 1);
    if (first === undefined) throw nothingFound(scope.config);
  },

  async discover(scope) {
    const streams = await discoverSome(scope, Number.POSITIVE_INFINITY);
    if (streams.length === 0) throw nothingFound(scope.config);
    return streams;
  },

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
 * The first `count` streams. One that cannot be sampled is offered all the same, as it may be mended;
 * unless none can be.
 */
async function discoverSome(scope: Scope<FileConfig>, count: number): Promise<StreamInfo[]> {
  const { config, signal, log } = scope;
  const streams = fileStreams(config);
  const found: StreamInfo[] = [];
  let good = 0;
  let failure: Failure | undefined;
  for (const name of await streams.list({ signal })) {
    if (found.length === count) break;
    signal.throwIfAborted();
    const store = streams.store(name);
    const settings = streams.settings(name);
    const files: FileInfo[] = [];
    for await (const listed of store.list({ signal })) files.push(listed);
    const sample = await sampleStream({ store, files, settings, signal, log });
    failure ??= sample.failure;
    if (sample.failure === undefined) good++;
    found.push({
      name,
      key: config.metadata === false ? [] : memberKey(config.metadata),
      schema: sample.schema,
      ...(sample.textual ? { textual: true } : {}),
      resource: { stream: name },
    });
  }
  if (good === 0 && failure !== undefined) throw failure;
  return found;
}

function nothingFound({ paths }: FileConfig): Failure {
  const shown = typeof paths === 'string' ? paths : paths.join(', ');
  return new Failure('config', 'there are no files here', {
    where: shown,
    hint: 'Check the pattern, and root, in which it begins; hidden files are left out.',
  });
}
