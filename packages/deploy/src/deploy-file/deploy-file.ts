import { z } from 'zod';

/** Where functions can run, as deploy.yaml names it. */
const forms = ['gcf', 'gcf-gen1', 'cloudrun', 'lambda', 'azure'] as const;

const text = (title: string, description: string) => z.string().min(1).meta({ title, description });

const list = (title: string, description: string) =>
  z.array(z.string().min(1)).min(1).meta({ title, description });

const anEnvironment = {
  form: z.enum(forms).optional().meta({
    title: 'Form',
    description:
      'Where your function runs: "gcf" for functions of Google Cloud, "gcf-gen1" for their first generation, "cloudrun", "lambda" or "azure". By default the first generation, as of old.',
  }),
  generation: z
    .literal([1, 2])
    .optional()
    .meta({ title: 'Generation', description: 'The generation of your function, for "gcf".' }),
  project: text('Project', 'Your project in Google Cloud.').optional(),
  region: text('Region', 'Where in the world your function runs.').optional(),
  resource_group: text('Resource Group', 'Where your function app is, on Azure.').optional(),
  memory: z
    .string()
    .regex(/^\d+(M|MB|Mi|MiB|G|GB|Gi|GiB)$/, 'write a number and a unit: 512MB or 2Gi')
    .optional()
    .meta({ title: 'Memory', description: 'How much memory an instance has, such as 1Gi.' }),
  timeout: z
    .union([z.int().min(1), z.string().regex(/^\d+[smh]$/, 'write seconds, or 540s, 9m or 1h')])
    .optional()
    .meta({ title: 'Time-Out', description: 'How long a call may take, in seconds or as 9m.' }),
  runtime: z
    .enum(['nodejs22', 'nodejs24'])
    .optional()
    .meta({ title: 'Runtime', description: 'The version of Node; by default 22.' }),
  service_account: text(
    'Service Account',
    'What your function runs as: an email in Google Cloud, the ARN of a role on AWS.',
  ).optional(),
  invoker: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .meta({
      title: 'Invoker',
      description:
        'Who may call your function: the service account that Fivetran shows you, or on AWS the role. "allUsers" for everybody. Without it, who may call stays as it is.',
    }),
  max_instances: z.int().min(1).optional().meta({
    title: 'Largest Number of Instances',
    description: 'How many calls may run at the same time.',
  }),
  env: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .meta({
      title: 'Variables',
      description:
        'Variables of your function. FAIRLEAD_SETTING_PAGE_SIZE is the setting pageSize. No secrets: those have a place of their own.',
    }),
  secrets: z.record(z.string(), z.string().min(1)).optional().meta({
    title: 'Secrets',
    description:
      'Variables whose values your cloud keeps: the name of a secret of Secret Manager, "name:version", or on Azure the address of one in a Key Vault.',
  }),
};

const Environment = z.object(anEnvironment).meta({
  title: 'Environment',
  description: 'What holds for your functions of one environment, unless they say otherwise.',
});

const Deployed = z
  .object({
    connector: text(
      'Connector',
      'The folder of your connector below "connectors", or one that is installed.',
    ),
    environment: text('Environment', 'One of your environments.').optional(),
    ...anEnvironment,
    streams: list('Streams', 'The streams that are read, or patterns; by default all.').optional(),
    schedule: text(
      'Schedule',
      'When Airflow starts your connection: "@hourly", or as cron writes it.',
    ).optional(),
  })
  .meta({ title: 'Function', description: 'A function that is deployed, by its name.' });

/** `deploy.yaml`: functions by their names, and under `environments` what is common to several. */
export const DeployFile = z
  .object({
    environments: z.record(z.string(), Environment).optional().meta({
      title: 'Environments',
      description: 'Where your functions are deployed, such as dev and prod.',
    }),
  })
  .catchall(Deployed);

/** Settings as deploy.yaml has them. */
export type DeployFile = z.infer<typeof DeployFile>;
export type EnvironmentSettings = z.infer<typeof Environment>;
export type DeployedSettings = z.infer<typeof Deployed>;
