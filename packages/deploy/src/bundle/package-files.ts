import type { Deployment } from '../deploy-file/deployment.ts';
import type { BundleFile } from './bundle.ts';
import { installedPackages } from './entry.ts';

/** What a platform wants beside the code. */
export function packageFiles(deployment: Deployment): readonly BundleFile[] {
  const manifest = {
    name: deployment.name.toLowerCase(),
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: `>=${deployment.node}` },
    dependencies: installedPackages(deployment),
  };
  const own = file('package.json', jsonText(manifest));
  switch (deployment.target.is) {
    case 'gcf':
    case 'cloudrun':
      return [own, file('.gcloudignore', googleIgnore)];
    case 'lambda':
      return [own];
    case 'azure':
      return [own, file('host.json', jsonText(azureHost(deployment)))];
  }
}

/** Everything in the folder is meant to be deployed, whatever a `.gitignore` above it says. */
const googleIgnore = `# Written by fairlead deploy.
node_modules
`;

/** https://learn.microsoft.com/azure/azure-functions/functions-host-json */
function azureHost({ timeoutSeconds }: Deployment): object {
  const two = (count: number) => String(count).padStart(2, '0');
  const minutes = Math.floor(timeoutSeconds / 60);
  return {
    version: '2.0',
    functionTimeout: `00:${two(minutes)}:${two(timeoutSeconds % 60)}`,
    extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' },
  };
}

function file(path: string, text: string): BundleFile {
  return { path, bytes: Buffer.from(text) };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
