import { resolve } from 'node:path';
import { describeFailure, exitCode, Failure, isFailure } from '@fairlead/sdk';
import { deploy } from './deploy.ts';

// `node main.js FOLDER TO`: what the build of an image calls.
const [folder, to] = process.argv.slice(2);
try {
  if (folder === undefined || to === undefined) {
    throw new Failure('config', 'write the folder of a package, and where to copy it');
  }
  const names = await deploy(resolve(folder), resolve(to));
  process.stdout.write(`${names.length} packages in ${to}\n`);
} catch (error) {
  if (!isFailure(error)) throw error;
  process.stderr.write(`deploy: ${describeFailure(error)}\n`);
  process.exitCode = exitCode(error);
}
