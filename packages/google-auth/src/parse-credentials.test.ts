import { describe, expect, test } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { failureOf, never, openForTest, audience } from './testing/open-for-test.ts';
import { privatePem, serviceAccountKey, verified } from './testing/service-account-key.ts';

const whole = JSON.stringify(serviceAccountKey, undefined, 2);
const apiKey = 'AIzaSyCanary-canary-canary-canary-cana';

describe('what is no key is called what it is:', () => {
  test.each<{ what: string; given: unknown; message: string | RegExp }>([
    { what: 'nothing', given: '', message: 'the credentials are empty' },
    { what: 'white space', given: ' \n', message: 'the credentials are empty' },
    { what: 'an API key', given: apiKey, message: /^this is an API key/ },
    { what: 'an API key in JSON', given: JSON.stringify(apiKey), message: /^this is an API key/ },
    { what: 'a PEM text', given: privatePem, message: /^this is only a PEM text/ },
    { what: 'an access token', given: 'ya29.canary', message: /^this is an access token/ },
    { what: 'a JWT', given: 'eyJhbGciOiJ9.eyJpc3MiOiJ9.sig', message: /^this is a signed token/ },
    { what: 'a client secret', given: 'GOCSPX-canary', message: /^this is the secret of an OAuth/ },
    {
      what: 'base64',
      given: Buffer.from(whole).toString('base64'),
      message: 'this is JSON in base64',
    },
    { what: 'a path', given: '/home/me/my key.json', message: /^this is the path of a file/ },
    { what: 'a Windows path', given: String.raw`C:\keys\key.json`, message: /^this is the path/ },
    { what: 'an e-mail', given: serviceAccountKey.client_email, message: /^this is the address/ },
    { what: 'an Apple plist', given: '<?xml version="1.0"?><plist/>', message: /Apple devices$/ },
    {
      what: 'a sentence',
      given: 'canary\ncanary',
      message: 'the credentials are no JSON (line 1)',
    },
    {
      what: 'a list',
      given: [serviceAccountKey],
      message: 'the credentials are JSON, but no object',
    },
    { what: 'a number', given: '42', message: 'the credentials are JSON, but no object' },
    {
      what: 'an OAuth client',
      given: { installed: { client_id: 'a' } },
      message: /OAuth client \(installed\), not/,
    },
    {
      what: 'an OAuth client',
      given: { web: { client_id: 'a' } },
      message: /OAuth client \(web\), not/,
    },
    { what: 'a web app', given: { apiKey, projectId: 'demo' }, message: /Firebase web app/ },
    { what: 'an Android app', given: { project_info: {}, client: [] }, message: /Android app$/ },
    { what: 'an answer', given: { access_token: 'canary' }, message: /answer of a token server/ },
    { what: 'public keys', given: { keys: [] }, message: /public keys$/ },
    { what: 'an empty object', given: {}, message: 'the credentials have no type' },
    {
      what: 'a strange type',
      given: { type: 'Canary 1' },
      message: 'the credentials have a type that is none',
    },
    {
      what: 'an unknown type',
      given: { type: 'gdch_service_account' },
      message: /type gdch_service_account are not known/,
    },
  ])('$what', async ({ given, message }) => {
    const failure = await failureOf(openForTest(given));
    expect(failure).toMatchObject({ kind: 'config', where: 'Google credentials' });
    expect(failure.message).toMatch(message);
    expect(failure.hint).toBeDefined();
    expect(`${failure.message} ${failure.hint}`).not.toMatch(/canary/i);
  });
});

describe('a key that is damaged:', () => {
  const pem = (text: unknown) => ({ ...serviceAccountKey, private_key: text });
  const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { publicKey, privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const encrypted = rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes128', passphrase: 'x' });

  test.each<{ what: string; given: unknown; message: string | RegExp }>([
    {
      what: 'cut off',
      given: whole.slice(0, 900),
      message: 'the JSON of the credentials is cut off',
    },
    {
      what: 'with line breaks',
      given: whole.replaceAll('\\n', '\n'),
      message: /line breaks, which JSON writes/,
    },
    {
      what: 'with a comma too many',
      given: `${whole.slice(0, -2)},\n}`,
      message: /no JSON \(line 1\d\)$/,
    },
    { what: 'without its key', given: pem(undefined), message: 'private_key is missing' },
    {
      what: 'with an empty key',
      given: pem(''),
      message: 'private_key is empty or of the wrong type',
    },
    {
      what: 'with an object as key',
      given: pem({}),
      message: 'private_key is empty or of the wrong type',
    },
    {
      what: 'without its address',
      given: { ...serviceAccountKey, client_email: undefined },
      message: 'client_email is missing',
    },
    {
      what: 'with something else as key',
      given: pem('canary'),
      message: /does not begin with -----BEGIN/,
    },
    {
      what: 'with half a key',
      given: pem(privatePem.slice(0, 800)),
      message: /^private_key is cut off/,
    },
    {
      what: 'with a changed key',
      given: pem(privatePem.replace(/\n.{64}\n/, '\n')),
      message: 'private_key is damaged: it cannot be read',
    },
    {
      what: 'with a password',
      given: pem(encrypted),
      message: 'private_key is encrypted with a password',
    },
    {
      what: 'with a public key',
      given: pem(publicKey.export({ type: 'spki', format: 'pem' })),
      message: /^private_key is no private key/,
    },
    {
      what: 'of another kind',
      given: pem(ec.export({ type: 'pkcs8', format: 'pem' })),
      message: 'private_key is no RSA key',
    },
    {
      what: 'of a strange universe',
      given: { ...serviceAccountKey, universe_domain: 'a.b/c' },
      message: 'universe_domain is no domain',
    },
  ])('$what', async ({ given, message }) => {
    const failure = await failureOf(openForTest(given));
    expect(failure).toMatchObject({ kind: 'config', where: 'Google credentials' });
    expect(failure.message).toMatch(message);
  });
});

describe('a key is taken though it is', () => {
  test.each<{ what: string; given: unknown }>([
    { what: 'a JSON text within JSON', given: JSON.stringify(whole) },
    { what: 'with a byte order mark and white space', given: `\uFEFF\n${whole}\n` },
    { what: 'without a type', given: { ...serviceAccountKey, type: undefined } },
    {
      what: 'with its line breaks escaped twice',
      given: { ...serviceAccountKey, private_key: privatePem.replaceAll('\n', String.raw`\n`) },
    },
    {
      what: 'with the line breaks of Windows',
      given: { ...serviceAccountKey, private_key: privatePem.replaceAll('\n', '\r\n') },
    },
  ])('$what', async ({ given }) => {
    const credentials = await openForTest(given, { audience });
    expect(verified(await credentials.token(never)).claims).toMatchObject({ aud: audience });
  });
});
