import { streamName, type FileStore } from '@fairlead/file-capture';
import { findFiles, type FoundFile } from './find-files.ts';
import { localStore } from './local-store.ts';
import type { FileConfig } from './settings.ts';

/** The files of a source, grouped into streams. */
export interface FileStreams {
  /** Every stream that has files or was made up by the user, in order of their names. */
  list(options: { readonly signal: AbortSignal }): Promise<readonly string[]>;
  /** The files of one stream. */
  store(stream: string): FileStore;
  /** The settings of one stream. */
  settings(stream: string): FileConfig;
}

/**
 * The streams of a source: those that the user made up, and one for every name that the other files
 * have without folder, ending, date and part number.
 */
export function fileStreams(config: FileConfig): FileStreams {
  const group = async (signal: AbortSignal) => groupFiles(config, signal);
  // Many streams that are read one after another share one walk through the folders, until one
  // of them asks for the second time.
  let shared: Promise<Groups> | undefined;
  let seenBy = new Set<string>();
  const filesOf = async (stream: string, signal: AbortSignal) => {
    if (shared === undefined || seenBy.has(stream)) {
      shared = group(signal);
      seenBy = new Set();
    }
    seenBy.add(stream);
    try {
      return (await shared).get(stream) ?? [];
    } catch (error) {
      shared = undefined;
      throw error;
    }
  };
  return {
    async list({ signal }) {
      return [...(await group(signal)).keys()].sort();
    },
    store: (stream) => localStore(({ signal }) => filesOf(stream, signal)),
    settings(stream) {
      const named = config.streams.find(({ name }) => name === stream);
      return {
        ...config,
        format: named?.format ?? config.format,
        compression: named?.compression ?? config.compression,
      };
    },
  };
}

type Groups = ReadonlyMap<string, readonly FoundFile[]>;

async function groupFiles(config: FileConfig, signal: AbortSignal): Promise<Groups> {
  const { root, followSymlinks } = config;
  const find = (paths: string | readonly string[]) =>
    findFiles(typeof paths === 'string' ? [paths] : paths, { root, followSymlinks, signal });
  const groups = new Map<string, FoundFile[]>();
  const claimed = new Set<string>();
  for (const { name, paths } of config.streams) {
    const files = await find(paths);
    groups.set(name, files);
    for (const { location } of files) claimed.add(location);
  }
  const named = new Set(groups.keys());
  for (const file of await find(config.paths)) {
    if (claimed.has(file.location)) continue;
    const stream = freeName(streamName(file.name), named);
    const files = groups.get(stream);
    if (files === undefined) groups.set(stream, [file]);
    else files.push(file);
  }
  return groups;
}

/** A file that no stream of this name asked for does not become part of it. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`${name}_files`, taken) : name;
}
