import { imageFolder, type Image } from './image.ts';

/** The recipe of an image, for a build whose context is the root of the repository. */
export function dockerfile(image: Image): string {
  const { base, packagePath, entrypoint, environment, labels } = image;
  const file = packagePath === '.' ? 'Dockerfile' : `${packagePath}/Dockerfile`;
  return `# Written by \`fairlead export\`: change the connector or its package.json instead.
# Build it from the root of the repository, on top of the base image:
#   docker build --platform linux/amd64 --file ${file} --tag ${image.flowName}:${image.tag} .
ARG BASE=${base}

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm install --no-save --no-audit --no-fund --ignore-scripts && npm run build --if-present
# The package with all that it needs, and nothing else.
RUN node node_modules/@fairlead/executable/dist/deploy/main.js ${packagePath} ${imageFolder}

FROM \${BASE}
COPY --from=build ${imageFolder} ${imageFolder}
${instruction('ENV', environment)}
${instruction('LABEL', labels)}
ENTRYPOINT ${JSON.stringify(entrypoint)}
`;
}

/** What a build does not need to be sent, though it is in the repository. */
export const dockerignore = `# Written by \`fairlead export\`.
**/.git
**/node_modules
**/dist
**/*.tsbuildinfo
**/*.duckdb
**/bench/data
**/.env
**/.fairlead
**/secrets
`;

function instruction(name: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${quoted(value)}`);
  return `${name} ${pairs.join(' \\\n    ')}`;
}

/** A value as the Dockerfile has it: between double quotes, with nothing left to expand. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"$]/g, String.raw`\$&`).replace(/\s+/g, ' ')}"`;
}
