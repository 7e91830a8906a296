import type { HostedCall } from './hosted-call.ts';

/**
 * Makes this process a program of another platform, and ends it as that platform wants. Standard
 * input, standard output and signals belong to the host, so this is called before anything else
 * has touched them.
 */
export async function runHosted({ host, name, args }: HostedCall): Promise<never> {
  try {
    const { chooseAnyConnector } = await import('../connectors/choose-connector.ts');
    const { findConnectors } = await import('../connectors/find-connectors.ts');
    const { loadConnector } = await import('../connectors/load-connector.ts');
    const { aboutConnector, runConnector } = await import('@fairlead/executable');
    const installed = chooseAnyConnector(findConnectors(process.cwd()), name);
    const connector = await loadConnector(installed);
    return await runConnector(connector, aboutConnector(installed.folder), args);
  } catch (error) {
    const { answerFailure } = await import('../answer-failure.ts');
    const { Terminal } = await import('../terminal.ts');
    const terminal = new Terminal(process.stderr);
    process.exitCode = await answerFailure(error, { terminal, verb: host, json: false });
    return process.exit();
  }
}
