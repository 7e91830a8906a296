import type { Deployment } from '../deploy-file/deployment.ts';
import { azureSteps } from './azure.ts';
import type { Command } from './command.ts';
import { googleSteps } from './google.ts';
import { lambdaSteps } from './lambda.ts';

/** One command of a deployment, and what it is for. */
export interface Step {
  /** Continues "to …". */
  readonly purpose: string;
  readonly command: Command;
  /** Done only when the last question had this answer; always unless given. */
  readonly when?: 'there' | 'not there';
  /**
   * Asks a question: the thing is there when the command succeeds, and not there when it fails and
   * says this.
   */
  readonly asks?: RegExp;
  /** A failure that says this means that the work was done before. */
  readonly isDone?: RegExp;
  /** Its standard output is the URL of the function, or another name by which Fivetran calls it. */
  readonly tellsTrigger?: boolean;
}

/** Where the files of a deployment are, seen from where the commands are run. */
export interface Places {
  /** The folder that is deployed. */
  readonly folder: string;
  /** The same, packed. */
  readonly archive: string;
  /** The variables. */
  readonly variables: string;
}

/** What has to be done to deploy a function, in order. No word of it is a value of a variable. */
export function stepsOf(deployment: Deployment, places: Places): readonly Step[] {
  switch (deployment.target.is) {
    case 'gcf':
    case 'cloudrun':
      return googleSteps(deployment, deployment.target, places);
    case 'lambda':
      return lambdaSteps(deployment, places);
    case 'azure':
      return azureSteps(deployment, deployment.target, places);
  }
}
