import type { Deployment } from '../deploy-file/deployment.ts';

/** What workflows are made from. */
export interface CiProject {
  readonly deployments: readonly Deployment[];
  /** In order of their names. */
  readonly connectors: readonly CiConnector[];
  /** Whether the root has a `package-lock.json`. */
  readonly hasLock: boolean;
}

/** A folder below `connectors`. */
export interface CiConnector {
  /** Of the folder: `casa`. */
  readonly name: string;
  /** `connectors/casa` */
  readonly folder: string;
  /** What deploy.yaml may call it. */
  readonly isCalled: (connector: string) => boolean;
  /** Whether it is a package, which can be tested. */
  readonly isPackage: boolean;
  /** Whether it has a `package-lock.json` of its own. */
  readonly hasLock: boolean;
  /** The text of its `ci_workflow.yaml`: jobs of CircleCI, in place of and beside the generated one. */
  readonly extras?: string;
}

/** A file that is not quite what it was. */
export interface CiText {
  readonly text: string;
  /** What its reader should know, such as jobs that were left alone. */
  readonly notices: readonly string[];
}

/** The name of the job that tests a connector. */
export function buildJob({ name }: CiConnector): string {
  return `build-job-${name}`;
}

/** The name of the job that deploys a function. */
export function deployJob({ name }: Deployment): string {
  return `deploy-${name}`;
}

/** The folder that a function is made of; undefined for a connector that is installed. */
export function connectorOf(
  { connectors }: CiProject,
  { connector }: Deployment,
): CiConnector | undefined {
  return connectors.find(({ isCalled }) => isCalled(connector));
}

/** An extended regular expression for the files of a connector. */
export function ownFiles({ folder }: CiConnector): string {
  return `^${folder.replaceAll('.', String.raw`\.`)}/`;
}

/** The commands that install what a connector needs. */
export function installCommands(project: CiProject, connector?: CiConnector): string {
  const root = project.hasLock ? 'npm ci' : 'npm install';
  if (connector?.hasLock !== true) return root;
  return `${root}\nnpm ci --prefix ${connector.folder}`;
}
