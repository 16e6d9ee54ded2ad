import type { RemoteEndpoint, SecretPlace } from '../../ports/configuration.ts';
import { classified } from '../../ports/failure.ts';
import { fitsHeader, placeText, secretAt } from '../secret-place.ts';

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

/** The secret at a place, without the white space around it, or what is wrong with the place. */
export async function readSecret(place: SecretPlace): Promise<{ secret: string } | { trouble: string }> {
  const secret = await secretAt(place);
  if (secret === null) return { trouble: 'is missing or empty' };
  return fitsHeader(secret) ? { secret } : { trouble: 'has a character that no header can carry' };
}

/**
 * The headers of an endpoint with its key, from the places that the configuration names. Throws a ClassifiedError if one cannot be
 * used.
 */
export async function readCredentials(name: string, { key, headers: declared = {} }: Declared): Promise<Credentials> {
  const secrets: string[] = [];
  const read = async (what: string, place: SecretPlace): Promise<string> => {
    const found = await readSecret(place);
    if ('trouble' in found)
      throw classified('auth', `endpoint ${name} has no ${what}: ${placeText(place)} ${found.trouble}. Set it, then run again`);
    secrets.push(found.secret);
    return found.secret;
  };
  const headers: Credentials['headers'] = {};
  for (const [header, value] of Object.entries(declared))
    headers[header] = typeof value === 'string' ? value : await read(`header ${header}`, value);
  if (key) headers['authorization'] = `Bearer ${await read('key', key)}`;
  return { headers, secrets };
}
