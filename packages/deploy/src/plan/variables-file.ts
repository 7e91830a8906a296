import type { Deployment } from '../deploy-file/deployment.ts';

/**
 * The file from which a platform's command takes the variables of a function, as no word of a command
 * is secret: undefined when they stay as they are.
 */
export function variablesFile({ target, env, secrets }: Deployment): string | undefined {
  if (target.is === 'azure') {
    if (env === undefined && secrets === undefined) return undefined;
    const kept = Object.entries(secrets ?? {}).map(
      ([name, address]) => [name, `@Microsoft.KeyVault(SecretUri=${address})`] as const,
    );
    const settings = [...Object.entries(env ?? {}), ...kept].map(([name, value]) => ({
      name,
      value,
      slotSetting: false,
    }));
    return jsonText(settings);
  }
  if (env === undefined) return undefined;
  // What gcloud reads is YAML, and JSON is YAML.
  return jsonText(target.is === 'lambda' ? { Variables: env } : env);
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
