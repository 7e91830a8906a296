// An API like Biztera's with some rows, to try the connector with, until it is interrupted. It says where it is.
import { biztera } from './biztera.ts';

const server = await biztera({ projects: 250, users: 180 });
process.stdout.write(`${server.url}\n`);
