import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type AwsRequest, signAwsRequest } from './aws-signature.ts';

const suite = {
  method: 'GET',
  headers: {},
  body: '',
  service: 'service',
  region: 'us-east-1',
  atMs: Date.UTC(2015, 7, 30, 12, 36, 0),
};
const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

interface Vector extends Partial<AwsRequest> {
  readonly name: string;
  readonly path?: string;
  readonly token?: string;
  readonly signed?: string;
  readonly signature: string;
}

// The test suite that AWS publishes for signature version 4 (aws-sig-v4-test-suite).
describe('the signature of AWS for', () => {
  test.each<Vector>([
    {
      name: 'get-vanilla',
      signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    {
      name: 'get-vanilla-empty-query-key',
      path: '/?Param1=value1',
      signature: 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
    },
    {
      name: 'get-vanilla-query-order-key',
      path: '/?Param1=value2&Param1=Value1',
      signature: 'eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1',
    },
    {
      name: 'get-vanilla-query-order-key-case',
      path: '/?Param2=value2&Param1=value1',
      signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    },
    {
      name: 'get-vanilla-query-order-value',
      path: '/?Param1=value2&Param1=value1',
      signature: '5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694',
    },
    {
      name: 'get-vanilla-query-unreserved',
      path: `/?${unreserved}=${unreserved}`,
      signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    },
    {
      name: 'get-vanilla-utf8-query',
      path: '/?ሴ=bar',
      signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
    },
    {
      name: 'get-utf8',
      path: '/ሴ',
      signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
    },
    {
      name: 'get-unreserved',
      path: `/${unreserved}`,
      signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    },
    {
      name: 'normalize-path/get-relative',
      path: '/example/..',
      signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    {
      name: 'normalize-path/get-space',
      path: '/example space/',
      signature: '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
    },
    {
      name: 'get-header-value-trim',
      headers: { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' },
      signed: 'host;my-header1;my-header2;x-amz-date',
      signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    },
    {
      name: 'post-header-value-case',
      method: 'POST',
      headers: { 'My-Header1': 'VALUE1' },
      signed: 'host;my-header1;x-amz-date',
      signature: 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    },
    {
      name: 'post-sts-header-before',
      method: 'POST',
      token: sessionToken,
      signed: 'host;x-amz-date;x-amz-security-token',
      signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    },
    {
      name: 'post-vanilla',
      method: 'POST',
      signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    },
    {
      name: 'post-vanilla-query',
      method: 'POST',
      path: '/?Param1=value1',
      signature: '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
    },
    {
      name: 'post-x-www-form-urlencoded',
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'Param1=value1',
      signed: 'content-type;host;x-amz-date',
      signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    },
  ])('$name', ({ path = '/', token, signed = 'host;x-amz-date', signature, ...more }) => {
    const url = new URL(path, 'https://example.amazonaws.com');
    const headers = signAwsRequest({ ...suite, ...more, url }, { ...keys, sessionToken: token });
    expect(headers).toMatchObject({
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
    });
    expect(headers['authorization']).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    );
  });
});

test('AWS signs a query by what it means, however it is written', () => {
  const signed = ["?a=(b)*!'&c", '?c=&%61=%28b%29%2A%21%27'].map((query) =>
    signAwsRequest({ ...suite, url: new URL(query, 'https://example.amazonaws.com') }, keys),
  );
  expect(signed[0]).toEqual(signed[1]);
  const plain = { ...suite, url: new URL('https://example.amazonaws.com/?a=(b)') };
  const key = createHmacChain(keys.secretAccessKey);
  const canonical = `GET\n/\na=%28b%29\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n${sha256('')}`;
  const toSign = `AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n${sha256(canonical)}`;
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  expect(signAwsRequest(plain, keys)['authorization']).toContain(`Signature=${signature}`);
});

function createHmacChain(secret: string): Buffer {
  let key = Buffer.from(`AWS4${secret}`);
  for (const part of ['20150830', 'us-east-1', 'service', 'aws4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return key;
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
