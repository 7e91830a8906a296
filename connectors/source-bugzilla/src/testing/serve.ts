// A Bugzilla with some bugs, to try the connector with, until it is interrupted. It says where it is.
import { someProducts } from './products.ts';
import { Tracker } from './tracker.ts';

const tracker = await Tracker.start({ bugs: 1_000, products: someProducts });
process.stdout.write(`${tracker.url}\n`);
