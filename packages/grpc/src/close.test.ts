import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = `
import { createGrpcServer, openChannel } from ${JSON.stringify(new URL('./index.ts', import.meta.url))};
const server = createGrpcServer({
  '/s/Echo': async (call) => call.write(await call.request()),
  '/s/Hang': () => new Promise(() => {}),
});
const channel = openChannel(await server.listen());
const nothing = new Uint8Array(0);
const hanging = channel.unary('/s/Hang', nothing, { deadlineMs: 600_000 }).catch((error) => error.code);
await channel.unary('/s/Echo', nothing, { deadlineMs: 600_000 });
await channel.close();
await server.destroy();
console.log('closed', await hanging);
`;

test('nothing keeps the process alive once the channel and the server are closed', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', '--input-type=module', '-e', program],
    { cwd: fileURLToPath(new URL('.', import.meta.url)), timeout: 50_000 },
  );
  expect(stdout).toBe('closed 1\n');
});
