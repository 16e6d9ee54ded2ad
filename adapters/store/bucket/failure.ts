import { classified, hasCode, messageOfError, orDiskFull } from '../../../ports/failure.ts';

/** What the SDK adds to an error that a server has answered with. */
interface Answered {
  $metadata?: { httpStatusCode?: number };
}

const refusals = ['CredentialsProviderError', 'ExpiredToken', 'InvalidAccessKeyId', 'SignatureDoesNotMatch'];

/** Whether the server has answered a request with this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && (error as Answered).$metadata?.httpStatusCode === status;
}

/** Errors of a connection to a server that may answer later. */
const ofConnection = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'];

/** Whether a server could not be reached, has too much to do or has failed itself: it may answer later. */
export function isAway(error: unknown): boolean {
  const status = (error as Answered).$metadata?.httpStatusCode;
  if (status !== undefined) return status === 429 || status >= 500;
  return nameOfError(error) === 'TimeoutError' || ofConnection.some((code) => hasCode(error, code));
}

/** null where the server says that there is no such object; other errors are thrown. */
export async function orNull<T>(request: Promise<T>): Promise<T | null> {
  return request.catch((error: unknown) => {
    if (hasStatus(error, 404) && nameOfError(error) !== 'NoSuchBucket') return null;
    throw error;
  });
}

/** A failed request as a classified error that says what to do; a full disk of this machine keeps its own error. */
export function bucketFailure(error: unknown, url: string): unknown {
  if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) return orDiskFull(error, 'the folder of the store');
  if (nameOfError(error) === 'NoSuchBucket')
    return classified('invalid', `the bucket of ${url} does not exist. Create it, or correct bucket.url in the configuration`, { cause: error });
  const reason = messageOfError(error) || nameOfError(error);
  if (reason === 'Region is missing')
    return classified('invalid', `the region of ${url} is not known. Set bucket.region in the configuration, or AWS_REGION`, { cause: error });
  if (hasStatus(error, 401) || hasStatus(error, 403) || refusals.includes(nameOfError(error)))
    return classified(
      'auth',
      `${url} refuses access: ${reason}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, to credentials that may list, read, write and delete there`,
      { cause: error },
    );
  const next = 'Everything finished so far is kept and reused; run again when it answers';
  return classified('unavailable', `the store ${url} does not answer: ${reason}. ${next}`, { cause: error });
}

function nameOfError(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
