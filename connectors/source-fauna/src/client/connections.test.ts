import { getEventListeners, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { sleepFor, type Failure } from '@fairlead/sdk';
import { freePort } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { now } from '../wire/expression.ts';
import { failureOf } from './failure-of.ts';
import { LinkError } from './link-error.ts';
import { failing, opened, patient, signal, textOf } from './testing/opened.ts';
import { error, resource, scriptedServer } from './testing/scripted-server.ts';
import { selfSigned } from './testing/self-signed.ts';

describe('a server', () => {
  /** Says some bytes to whoever comes, and closes. */
  async function speaker(words: string | undefined) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      if (words === undefined) socket.destroy();
      else socket.once('data', () => socket.end(words));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      async [Symbol.asyncDispose]() {
        server.close();
        await once(server, 'close');
      },
    };
  }

  async function failureAt(port: number, settings: object = {}): Promise<Failure> {
    await using it = opened(port, { ...settings });
    return failureOf(await failing(it.fauna.query(now(), signal)), it.fauna.server);
  }

  test('where nobody listens may come to life', async () => {
    const port = await freePort();
    expect(await failureAt(port)).toMatchObject({
      kind: 'transient',
      where: `http://127.0.0.1:${port}`,
      message: `nothing listens at 127.0.0.1:${port} (connection refused)`,
      hint: 'Check domain and port in the settings, and whether the server runs.',
    });
  });

  test('of a name that no host has is a wrong setting', async () => {
    expect(await failureAt(443, { domain: 'nowhere.invalid' })).toMatchObject({
      kind: 'config',
      message: expect.stringMatching(
        /^(there is no host named|the name) nowhere\.invalid/,
      ) as string,
    });
  });

  test('that does not speak TLS is told from one that does', async () => {
    await using server = await scriptedServer([resource(1)]);
    expect(await failureAt(server.port, { scheme: 'https' })).toMatchObject({
      kind: 'config',
      message: `127.0.0.1:${server.port} does not speak TLS as we do`,
      hint: expect.stringMatching(/^Set scheme to http/) as string,
    });
  });

  test('speaks TLS, and proves who it is', async () => {
    await using server = await scriptedServer([resource(1)], selfSigned);
    const tls = { ca: selfSigned.cert };
    await using it = opened(server.port, { scheme: 'https' }, { tls });
    expect(textOf(await it.fauna.query(now(), signal))).toBe('{"resource":1}');
    expect(await failureAt(server.port, { scheme: 'https' })).toMatchObject({
      kind: 'config',
      message: `127.0.0.1:${server.port} cannot prove who it is (DEPTH_ZERO_SELF_SIGNED_CERT)`,
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
    });
  });

  test('of another name cannot prove who it is', async () => {
    await using server = await scriptedServer([resource(1)], selfSigned);
    const tls = { ca: selfSigned.cert, servername: 'example.com' };
    await using it = opened(server.port, { scheme: 'https' }, { tls });
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({
      reason: 'certificate',
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') as string,
    });
    expect(it.waits).toEqual([]);
  });

  test('that speaks TLS is told from one that does not', async () => {
    await using server = await scriptedServer([resource(1)], selfSigned);
    expect((await failureAt(server.port)).hint).toMatch(
      /check port and scheme|set scheme to https/,
    );
  });

  test.each([
    [
      'other words',
      'hello\r\n',
      { kind: 'config', message: /does not speak HTTP/, hint: /scheme to https/ },
    ],
    // The beginning of what TLS says to somebody who does not speak it.
    [
      'TLS',
      '\u0015\u0003\u0001\u0000\u0002\u0002\u0046',
      { kind: 'config', message: /does not speak HTTP/, hint: /scheme to https/ },
    ],
    [
      'nothing',
      undefined,
      { kind: 'transient', message: /closed the connection/, hint: /port and scheme/ },
    ],
  ])('that speaks %s is not of HTTP', async (_what, words, { kind, message, hint }) => {
    await using server = await speaker(words);
    expect(await failureAt(server.port)).toMatchObject({
      kind,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
    });
  });

  test('that never lets us in is given up', async () => {
    // Nobody takes this connection for TLS any further.
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const sockets = new Set<{ destroy(): unknown }>();
    server.on('connection', (socket) => sockets.add(socket));
    await using it = opened(port, { scheme: 'https' }, { connectMs: 50 });
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({
      reason: 'silent',
      message: `no connection to 127.0.0.1:${port} within 0.05 s`,
    });
    expect(it.waits).toHaveLength(2);
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test('that answered before is waited for more patiently', async () => {
    await using server = await scriptedServer([resource(1)]);
    await using it = opened(server.port);
    await it.fauna.query(now(), signal);
    await server[Symbol.asyncDispose]();
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({ reason: 'refused' });
    expect(it.waits).toHaveLength(7);
  });
});

describe('a client', () => {
  test('lets go of a query whose signal aborts, with its reason', async () => {
    await using server = await scriptedServer([() => {}]);
    await using it = opened(server.port);
    const abort = new AbortController();
    const reason = new Error('enough');
    const asking = failing(it.fauna.query(now(), abort.signal));
    await expect.poll(() => server.requests.length, patient).toBe(1);
    abort.abort(reason);
    expect(await asking).toBe(reason);
    expect(await failing(it.fauna.query(now(), abort.signal))).toBe(reason);
    await expect.poll(() => server.open, patient).toBe(0);
    expect(server.requests).toHaveLength(1);
  });

  test('lets go of a wait whose signal aborts, with its reason', async () => {
    await using server = await scriptedServer([error(503, 'x', 'y')]);
    const abort = new AbortController();
    const reason = new Error('enough');
    const sleep = (_ms: number, until: AbortSignal) => {
      const sleeping = sleepFor(1e9, until);
      abort.abort(reason);
      return sleeping;
    };
    await using it = opened(server.port, {}, { sleep });
    expect(await failing(it.fauna.query(now(), abort.signal))).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  test('ends what runs when it is disposed, and leaves no connection', async () => {
    await using server = await scriptedServer([resource(1), () => {}]);
    const it = opened(server.port);
    await it.fauna.query(now(), signal);
    const asking = failing(it.fauna.query(now(), signal));
    await expect.poll(() => server.requests.length, patient).toBe(2);
    await it.fauna[Symbol.asyncDispose]();
    const failed = await asking;
    expect(failed).toBeInstanceOf(LinkError);
    expect(failed).toMatchObject({ reason: 'closed' });
    expect(await failing(it.fauna.query(now(), signal))).toMatchObject({ reason: 'closed' });
    expect(it.waits).toEqual([]);
    await expect.poll(() => server.open, patient).toBe(0);
  });

  test('ends a wait when it is disposed', async () => {
    await using server = await scriptedServer([error(503, 'x', 'y')]);
    let isAsleep = false;
    const sleep = (_ms: number, until: AbortSignal) => {
      isAsleep = true;
      return sleepFor(1e9, until);
    };
    const it = opened(server.port, {}, { sleep });
    const asking = failing(it.fauna.query(now(), signal));
    await expect.poll(() => isAsleep, patient).toBe(true);
    await it.fauna[Symbol.asyncDispose]();
    expect(await asking).toMatchObject({ name: 'LinkError', reason: 'closed' });
    expect(server.requests).toHaveLength(1);
  });

  test('has many queries of one signal at a time, and no warning', async () => {
    await using server = await scriptedServer([resource(1)]);
    await using it = opened(server.port);
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const { signal: own } = new AbortController();
    await Promise.all(Array.from({ length: 30 }, () => it.fauna.query(now(), own)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  test('knows hosts by names that are not of ASCII, and by addresses', () => {
    const serverOf = (domain: string) => opened(8443, { domain }).fauna.server;
    expect(serverOf('bücher.example')).toBe('http://xn--bcher-kva.example:8443');
    expect(serverOf('::1')).toBe('http://[::1]:8443');
    expect(serverOf('[::1]')).toBe('http://[::1]:8443');
    expect(() => serverOf('bü<cher')).toThrow('this is no name of a host');
  });

  test('has one listener on a signal, and leaves none when it is closed', async () => {
    await using server = await scriptedServer([resource(1)]);
    const it = opened(server.port);
    const abort = new AbortController();
    for (let i = 0; i < 3; i++) await it.fauna.query(now(), abort.signal);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
    await it[Symbol.asyncDispose]();
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });
});
