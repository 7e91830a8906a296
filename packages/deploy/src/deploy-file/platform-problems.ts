import type { Deployment, DeployProblem } from './deployment.ts';

/** What the platform of a function would refuse. `place` says where a setting of it stands. */
export function platformProblems(
  deployment: Deployment,
  place: (...path: readonly string[]) => readonly string[],
): readonly DeployProblem[] {
  const { name, memoryMib, timeoutSeconds, node, serviceAccount } = deployment;
  const { env = {}, secrets = {} } = deployment;
  const rules = rulesOf(deployment);
  const problems: DeployProblem[] = [];
  const add = (key: string | readonly string[], message: string, hint?: string) =>
    problems.push({
      is: 'invalid',
      path: key === '' ? [name] : place(...[key].flat()),
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  if (!rules.name.test(name)) add('', `"${name}" is no name for ${rules.title}`, rules.nameHint);
  if (timeoutSeconds > rules.mostSeconds) {
    add('timeout', `a call of ${rules.title} takes at most ${rules.mostSeconds}s`);
  }
  if (rules.memories !== undefined && !rules.memories.includes(memoryMib)) {
    add(
      'memory',
      `${rules.title} has no memory of ${memoryMib}MB`,
      `It has ${rules.memories.join(', ')}.`,
    );
  }
  if (node > rules.newestNode) {
    add('runtime', `${rules.title} has no nodejs${node}`, `Write nodejs${rules.newestNode}.`);
  }
  if (deployment.target.is === 'lambda' && serviceAccount === undefined) {
    problems.push({
      is: 'missing',
      path: [name, 'service_account'],
      message: `"service_account" is missing in "${name}"`,
      hint: 'On AWS it is the ARN of the role that your function runs as.',
    });
  }
  for (const invoker of deployment.invokers ?? []) {
    if (!rules.invoker.test(invoker)) add('invoker', `"${invoker}" ${rules.invokerHint}`);
  }
  for (const variable of Object.keys({ ...env, ...secrets })) {
    const key = Object.hasOwn(secrets, variable) ? 'secrets' : 'env';
    const at = [key, variable];
    if (!/^[A-Za-z_]\w*$/.test(variable)) add(at, `"${variable}" is no name of a variable`);
    else if (/^(GOOGLE_|X_GOOGLE_|K_|AWS_|FUNCTION_)/.test(variable)) {
      add(at, `"${variable}" is a variable of the platform`);
    }
    if (key === 'secrets' && Object.hasOwn(env, variable)) {
      add(at, `"${variable}" is under "env" as well`);
    }
  }
  // Whatever was written there is not shown: it may be a secret itself.
  for (const [variable, reference] of Object.entries(secrets)) {
    if (!rules.secret.test(reference)) {
      add(
        ['secrets', variable],
        `what "${variable}" has is no reference to a secret`,
        rules.secretHint,
      );
    }
  }
  return problems;
}

/** What a platform takes. */
interface Rules {
  readonly title: string;
  readonly name: RegExp;
  readonly nameHint: string;
  readonly mostSeconds: number;
  /** In mebibytes; absent where there are many. */
  readonly memories?: readonly number[];
  readonly newestNode: number;
  readonly invoker: RegExp;
  readonly invokerHint: string;
  readonly secret: RegExp;
  readonly secretHint: string;
}

const google = {
  nameHint: 'It begins with a letter, and has small letters, digits and hyphens.',
  newestNode: 24,
  invoker: /^(allUsers|((serviceAccount|user|group):)?[^@\s:]+@[^@\s]+\.[^@\s]+)$/,
  invokerHint: 'is neither the email of an account nor "allUsers"',
  secret: /^(projects\/[\w-]+\/secrets\/)?[\w-]{1,255}(:(latest|\d+))?$/,
  secretHint: 'Write the name of a secret of Secret Manager, or "name:version".',
};

function rulesOf({ target }: Deployment): Rules {
  switch (target.is) {
    case 'gcf':
      return target.generation === 1
        ? {
            ...google,
            title: 'a function of the first generation',
            name: /^[A-Za-z]([\w-]{0,61}[A-Za-z0-9])?$/,
            nameHint: 'It begins with a letter, and has letters, digits, hyphens and underscores.',
            mostSeconds: 540,
            memories: [128, 256, 512, 1024, 2048, 4096, 8192],
            newestNode: 22,
          }
        : {
            ...google,
            title: 'a function of the second generation',
            name: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
            mostSeconds: 3600,
          };
    case 'cloudrun':
      return {
        ...google,
        title: 'a service of Cloud Run',
        name: /^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/,
        mostSeconds: 3600,
      };
    case 'lambda':
      return {
        title: 'a function of AWS Lambda',
        name: /^[\w-]{1,64}$/,
        nameHint: 'It has letters, digits, hyphens and underscores.',
        mostSeconds: 900,
        newestNode: 24,
        invoker: /^(arn:aws[\w-]*:iam::\d{12}:\S+|\d{12})$/,
        invokerHint: 'is neither the ARN of a role nor the number of an account',
        secret: /^(?!)/,
        secretHint: 'Lambda has none for variables: keep them in Fivetran, in its secrets.',
      };
    case 'azure':
      return {
        title: 'a function app',
        name: /^[A-Za-z0-9]([A-Za-z0-9-]{0,58}[A-Za-z0-9])$/,
        nameHint: 'It has letters, digits and hyphens.',
        mostSeconds: 230,
        newestNode: 24,
        invoker: /^(?!)/,
        invokerHint: 'cannot be given the right to call: on Azure whoever has the key may',
        secret: /^https:\/\/[\w-]+\.vault\.azure\.net\/secrets\/[\w-]+(\/\w*)?\/?$/,
        secretHint: 'Write the address of a secret in a Key Vault.',
      };
  }
}
