import { readFile } from 'node:fs/promises';
import type { RemoteEndpoint, SecretPlace } from '../../ports/configuration.ts';
import { classified } from '../../ports/failure.ts';

/** What requests to an endpoint carry besides their body. */
export interface Credentials {
  headers: { [name: string]: string };
  /** The parts of the headers that nobody may see. */
  secrets: string[];
}

type Declared = Pick<RemoteEndpoint, 'key' | 'headers'>;

/** Every place where a secret of an endpoint is read. */
export function secretPlacesOf({ key, headers = {} }: Declared): SecretPlace[] {
  return [key, ...Object.values(headers)].filter((each) => typeof each === 'object');
}

/** The secret at a place, without the white space around it; null: there is none. */
export async function readSecret(place: SecretPlace): Promise<string | null> {
  const value = 'env' in place ? process.env[place.env] : await readFile(place.file, 'utf8').catch(() => undefined);
  return value?.trim() || null;
}

/** The headers of an endpoint with its key, from the places that the configuration names. Throws a ClassifiedError if one is missing. */
export async function readCredentials(name: string, { key, headers: declared = {} }: Declared): Promise<Credentials> {
  const secrets: string[] = [];
  const read = async (what: string, place: SecretPlace): Promise<string> => {
    const secret = await readSecret(place);
    const where = 'env' in place ? `the environment variable ${place.env}` : `the file ${place.file}`;
    if (secret === null) throw classified('auth', `endpoint ${name} has no ${what}: ${where} is missing or empty. Set it, then run again`);
    secrets.push(secret);
    return secret;
  };
  const headers: Credentials['headers'] = {};
  for (const [header, value] of Object.entries(declared))
    headers[header] = typeof value === 'string' ? value : await read(`header ${header}`, value);
  if (key) headers['authorization'] = `Bearer ${await read('key', key)}`;
  return { headers, secrets };
}
