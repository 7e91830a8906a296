/** One function as it is to be deployed: all defaults filled in, nothing left to choose. */
export interface Deployment {
  readonly name: string;
  /** The folder below `connectors`, or the name of an installed one. */
  readonly connector: string;
  readonly environment?: string;
  readonly target: Target;
  readonly region: string;
  readonly memoryMib: number;
  readonly timeoutSeconds: number;
  /** The major version of Node. */
  readonly node: 22 | 24;
  /** What it runs as; absent, what the platform chooses. */
  readonly serviceAccount?: string;
  /** Who may call it; absent, who may call stays as it is. */
  readonly invokers?: readonly string[];
  readonly maxInstances?: number;
  /** Variables, in order of their names; absent, they stay as they are. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * References to secrets by the variable that gets them, in order of the variables' names; absent,
   * they stay as they are.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Patterns; absent, all streams are read. */
  readonly streams?: readonly string[];
  readonly schedule?: string;
}

/** Where a function runs. */
export type Target =
  | { readonly is: 'gcf'; readonly generation: 1 | 2; readonly project?: string }
  | { readonly is: 'cloudrun'; readonly project?: string }
  | { readonly is: 'lambda' }
  | { readonly is: 'azure'; readonly resourceGroup: string };

/** Something wrong with deploy.yaml, for which there is a place in the file. */
export interface DeployProblem {
  readonly is: 'missing' | 'invalid';
  readonly path: readonly string[];
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
  readonly hint?: string;
}
