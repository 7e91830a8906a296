import { file } from '@fairlead/source-file';
import { airbyteCommand } from '../airbyte-command.ts';

await airbyteCommand(file, process.argv.slice(2));
