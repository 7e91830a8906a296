import { memoryDestination, memoryDisk } from '@fairlead/testkit';
import { airbyteCommand } from '../airbyte-command.ts';

const destination = memoryDestination({ commits: 'in-destination', disk: memoryDisk() });
await airbyteCommand(destination, process.argv.slice(2));
