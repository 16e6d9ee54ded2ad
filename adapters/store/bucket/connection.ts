import type { S3Client } from '@aws-sdk/client-s3';
import type { BucketPlace } from '../../../ports/configuration.ts';

/** Where objects are: a bucket, and what all their keys begin with, which is empty or ends with a slash. */
export interface BucketConnection {
  lib: typeof import('@aws-sdk/client-s3');
  client: S3Client;
  bucket: string;
  prefix: string;
}

/** Times that a request is made in all. */
export const tries = 5;

/** Milliseconds until a connection, until an answer to a whole part of a file, and without a byte. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 300_000, throwOnRequestTimeout: true, socketTimeout: 60_000 };

/** A region for servers other than Amazon's, which sign with one but have none. */
const anyRegion = 'us-east-1';

/** A client with the credentials that the AWS SDK finds: variables of the environment, profiles, roles. Nothing is sent yet. */
export async function connectBucket({ url, endpoint_url: endpoint, region }: BucketPlace): Promise<BucketConnection> {
  const lib = await import('@aws-sdk/client-s3');
  const ownRegion = region ?? process.env['AWS_REGION'] ?? (endpoint === undefined ? undefined : anyRegion);
  const client = new lib.S3Client({
    ...(ownRegion !== undefined && { region: ownRegion }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    maxAttempts: tries,
    requestHandler: timeouts,
  });
  const [bucket = '', ...folders] = url.slice('s3://'.length).split('/').filter((part) => part !== '');
  return { lib, client, bucket, prefix: folders.map((folder) => `${folder}/`).join('') };
}
