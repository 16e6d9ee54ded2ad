import { resolve } from 'node:path';
import type { EndpointFile } from '../../schemas/index.ts';
import type { RemoteEndpoint, SecretPlace } from '../../ports/configuration.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';

interface AccessContext {
  path: string[];
  /** The folder of the file. */
  folder: string;
  report: (path: string[], problem: Omit<Problem, 'code' | 'at'>) => void;
}

/** The place of a secret with an absolute path; null, and a report, if it is not exactly one. */
export function placeOfSecret(secret: EndpointFile['key'], { path, folder, report }: AccessContext): SecretPlace | null {
  if (!secret) return null;
  if (secret.env !== undefined && secret.file === undefined) return { env: secret.env };
  if (secret.file !== undefined && secret.env === undefined) return { file: resolve(folder, secret.file) };
  report(path, {
    message: `${path.join('.')} needs exactly one location`,
    expected: 'either env or file',
    hint: 'name the environment variable that holds the key',
  });
  return null;
}

/** Headers that each request has, or that belong to its connection; in lower case. */
const ownHeaders = ['accept', 'connection', 'content-length', 'content-type', 'expect', 'host', 'transfer-encoding', 'upgrade', 'user-agent'];

/** Names of headers whose values are secrets. */
const secretHeader = /auth|cookie|key|password|secret|token/i;

/** The headers of an endpoint; those that cannot be used are reported. */
export function declaredHeaders({ headers = {}, key }: EndpointFile, context: AccessContext): NonNullable<RemoteEndpoint['headers']> {
  const declared: NonNullable<RemoteEndpoint['headers']> = {};
  for (const [header, value] of Object.entries(headers)) {
    const path = [...context.path, header];
    const name = path.join('.');
    const isOwn = ownHeaders.includes(header.toLowerCase());
    const isKey = key !== undefined && header.toLowerCase() === 'authorization';
    if (isOwn) context.report(path, { message: `${name} is a header that codepmp sets itself`, hint: 'remove it' });
    else if (isKey) context.report(path, { message: `${name} is the header of the key`, hint: 'remove it, or remove key' });
    else if (typeof value === 'string' && secretHeader.test(header))
      context.report(path, {
        message: `${name} holds a secret`,
        expected: '{env: NAME} or {file: PATH}',
        hint: 'name the environment variable that holds it',
      });
    const place = typeof value === 'string' ? value : placeOfSecret(value, { ...context, path });
    if (place !== null) declared[header] = place;
  }
  return declared;
}
