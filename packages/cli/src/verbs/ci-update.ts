import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CiConnector,
  type CiProject,
  circleciFile,
  circleciText,
  githubFile,
  githubText,
} from '@fairlead/deploy';
import { type Invocation, tell } from '../invocation.ts';
import { connectorsFolder, ownFolder } from './deploy-code.ts';
import { openDeployFile, type OpenedDeployFile } from './deploy-file.ts';
import { textAt, writeWanted } from './deploy-written.ts';

export type Provider = 'circleci' | 'github' | 'both';

export interface CiOptions {
  readonly file?: string;
  /** Those that are there, unless given; both where there is none. */
  readonly provider?: Provider;
  readonly check?: boolean;
  readonly dryRun?: boolean;
  /** Also replaces jobs that are not marked as written by this command. */
  readonly replace?: boolean;
}

/** `fairlead ci update`: brings the workflows that test connectors and deploy functions up to date. */
export async function ciUpdate(invocation: Invocation, options: CiOptions): Promise<void> {
  const opened = openDeployFile(invocation, options.file);
  const { folder } = opened;
  const project = await projectOf(opened);
  const { replace = false } = options;
  const files = [];
  for (const provider of providersOf(folder, options.provider)) {
    const name = provider === 'circleci' ? circleciFile : githubFile;
    const before = await textAt(folder, name);
    const make = provider === 'circleci' ? circleciText : githubText;
    const { text, notices } = make(project, before, replace);
    for (const notice of notices) tell(invocation, notice);
    files.push({ path: join(folder, name), text });
  }
  await writeWanted(invocation, files, { ...options, command: 'fairlead ci update' });
}

function providersOf(
  folder: string,
  provider: Provider | undefined,
): readonly Exclude<Provider, 'both'>[] {
  if (provider === 'circleci' || provider === 'github') return [provider];
  const all = ['circleci', 'github'] as const;
  const places = { circleci: '.circleci', github: githubFile };
  const there = all.filter((each) => existsSync(join(folder, places[each])));
  return provider === 'both' || there.length === 0 ? all : there;
}

async function projectOf({ folder, deployments }: OpenedDeployFile): Promise<CiProject> {
  const all = join(folder, connectorsFolder);
  const entries = existsSync(all) ? await readdir(all, { withFileTypes: true }) : [];
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const connectors = await Promise.all(names.toSorted().map((name) => connectorAt(folder, name)));
  return { deployments, connectors, hasLock: existsSync(join(folder, 'package-lock.json')) };
}

async function connectorAt(root: string, name: string): Promise<CiConnector> {
  const folder = `${connectorsFolder}/${name}`;
  const extras = await textAt(root, folder, 'ci_workflow.yaml');
  return {
    name,
    folder,
    isCalled: (connector) => connector === name || ownFolder(root, connector) === folder,
    isPackage: existsSync(join(root, folder, 'package.json')),
    hasLock: existsSync(join(root, folder, 'package-lock.json')),
    ...(extras === undefined ? {} : { extras }),
  };
}
