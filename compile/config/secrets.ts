import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, valuesIn, type Tree } from '../read/tree.ts';

/** Keys of an endpoint or of GitHub that hold what nobody else should read; the values of headers may be such as well. */
const secret = /key|token|secret|password/i;

/** The same in a text that is not YAML. */
const secretInText = /(?:key|token|secret|password|authorization)\w*["']?\s*[:=]\s*["']?((?:(?:bearer|basic)\s+)?[^\s{}[\],#]{4,})/gi;

/** Where a configuration contains a key itself, although it should only say where the key is. */
export function secretsIn(text: string, tree: Tree | null): Place[] {
  if (!tree)
    return [...text.matchAll(secretInText)].map(({ 1: value = '', 0: whole, index }) => ({
      start: index + whole.length - value.length,
      end: index + whole.length,
    }));
  const github = entriesOf(tree, 'github');
  const declared = [...entriesOf(tree, 'endpoints'), ...github.filter(([name]) => name === 'app')];
  const entries = [...declared.flatMap(([, { value }]) => (value.kind === 'map' ? [...value.entries] : [])), ...github];
  return entries.flatMap(([name, { value }]) => {
    if (secret.test(name)) return placesOfValues(value);
    return name === 'headers' && value.kind === 'map' ? [...value.entries.values()].flatMap((header) => placesOfValues(header.value)) : [];
  });
}

/** `{env: NAME}` and `{file: PATH}` contain no secret. */
function placesOfValues(value: Tree): Place[] {
  if (value.kind !== 'map') return [...valuesIn(value)].filter(({ kind }) => kind === 'leaf').map(({ at }) => at);
  return [...value.entries].flatMap(([name, entry]) => {
    const isPlain =
      name === 'file' ||
      (name === 'env' && entry.value.kind === 'leaf' && !entry.value.broken && /^[A-Za-z_]\w*$/.test(String(entry.value.value)));
    return isPlain ? [] : [...(name === 'env' ? [] : [entry.key]), ...placesOfValues(entry.value)];
  });
}

/** The parts of a URL that may be secret: credentials, the query and the fragment. */
const secretInUrl = /(?<=\w:\/\/)([^\s"']*@)?[^\s"'?#]*(?:[?#]([^\s"']*[^\s"',}\]]))?/dg;

/** Where a text has a URL with such parts. */
export function secretsInUrls(text: string): Place[] {
  const places = [...text.matchAll(secretInUrl)].flatMap(({ indices }) => indices?.slice(1) ?? []);
  return places.flatMap((place: [number, number] | undefined) => (place ? [{ start: place[0], end: place[1] }] : []));
}

/** The text with every secret replaced by asterisks of the same length. */
export function withoutSecrets(text: string, secrets: Place[]): string {
  return secrets.reduce((shown, { start, end }) => shown.slice(0, start) + '*'.repeat(end - start) + shown.slice(end), text);
}

/** Hides the URL in a problem about a URL with secret parts. */
export function withoutSecretUrl(problem: Problem, secrets: Place[]): Problem {
  return problem.got !== undefined && isAbout(problem, secrets) ? { ...problem, got: 'a URL (not shown)' } : problem;
}

function isAbout({ at }: Problem, secrets: Place[]): boolean {
  return at !== null && secrets.some(({ start, end }) => start < at.end && at.start < end);
}

/** Replaces a problem about a secret by one that says how a key is given, without showing it. What resolving reports shows no value. */
export function withoutSecret(problem: Problem, secrets: Place[]): Problem {
  const { at, code, message } = problem;
  if (code === 'E0171' || !isAbout(problem, secrets)) return problem;
  const shown = code === 'E0110' ? 'an unknown key in the key of an endpoint' : code === 'E0103' ? 'a key without a colon' : message;
  return {
    code,
    at,
    message: shown,
    expected: '{env: NAME}',
    got: 'a value (not shown)',
    hint: 'name the environment variable that holds the key',
  };
}
