import { Failure, type Log, retry } from '@fairlead/sdk';
import type { WriteFile } from './answer-sync.ts';
import type { BucketFile } from './request.ts';
import { type PutTarget, putObject } from './put-object.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes a file of a bucket of S3 with the rights that a function of AWS Lambda has; what was there is
 * replaced. `AWS_ENDPOINT_URL_S3` may name another server.
 * @throws {Failure} config, when the environment has no rights.
 */
export function bucketFile(
  { bucket, key }: BucketFile,
  environment: Environment = {},
  log?: Log,
): WriteFile {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (accessKeyId === undefined || secretAccessKey === undefined) throw noCredentials(bucket);
  const { AWS_SESSION_TOKEN: sessionToken, AWS_REGION: ownRegion = 'us-east-1' } = environment;
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  const targetIn = (region: string): PutTarget => ({
    url: addressOf({ bucket, key }, endpointOf(environment, region)),
    bucket,
    region,
    credentials,
  });
  return async (pieces, signal) => {
    let target = targetIn(ownRegion);
    const put = async () => {
      const { otherRegion } = await putObject(target, pieces, signal);
      if (otherRegion === undefined) return;
      log?.debug('the bucket is in another region', { bucket, region: otherRegion });
      target = targetIn(otherRegion);
      const again = await putObject(target, pieces, signal);
      if (again.otherRegion !== undefined) throw lost(bucket);
    };
    const options = { attempts: 5, minDelayMs: 200, maxDelayMs: 10_000, signal };
    await retry(put, log === undefined ? options : { ...options, log });
  };
}

function endpointOf(environment: Environment, region: string): string {
  const { AWS_ENDPOINT_URL_S3: ofS3, AWS_ENDPOINT_URL: ofAll } = environment;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return ofS3 ?? ofAll ?? `https://s3.${region}.${domain}`;
}

/** The address of a file, whose bucket is the first part of its path. */
function addressOf({ bucket, key }: BucketFile, endpoint: string): URL {
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  const url = new URL(`${endpoint.replace(/\/+$/, '')}/${path}`);
  if (url.pathname.endsWith(`/${path}`)) return url;
  throw new Failure('config', 'the name of the file is no address', {
    where: `bucket ${bucket}`,
    hint: 'It has a part of dots alone, which addresses do not keep.',
  });
}

function noCredentials(bucket: string): Failure {
  return new Failure('config', 'the function has no credentials of AWS to write with', {
    where: `bucket ${bucket}`,
    hint: 'Pass it { environment: process.env }, or set the sync method of the connection to direct.',
  });
}

function lost(bucket: string): Failure {
  return new Failure('access', 'each region says that another one has the bucket', {
    where: `bucket ${bucket}`,
  });
}
