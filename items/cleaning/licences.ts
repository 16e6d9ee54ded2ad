import correct from 'spdx-correct';
import parse from 'spdx-expression-parse';
import satisfies from 'spdx-satisfies';
import type { LeftOutText } from './limits.ts';

/** Ratings of the Blue Oak Council whose licences are permissive and well drafted. */
const ratings = ['Model', 'Gold', 'Silver', 'Bronze'];

/** Judges the licence of a row: null where it is allowed. */
export type LicenceRule = (row: { licence: string; text: string }) => LeftOutText | null;

/**
 * Allows some licences only: SPDX identifiers, or `permissive` for those that the Blue Oak Council rates bronze or better. What a
 * file says of itself in an `SPDX-License-Identifier` counts, not the licence of its repository. A text without a known licence is not
 * allowed. Throws where a name is no licence, or an expression.
 */
export async function licenceRule(allowed: readonly string[]): Promise<LicenceRule> {
  const { default: rated } = await import('@blueoak/list/index.json', { with: { type: 'json' } });
  const permissive = rated.filter(({ name }) => ratings.includes(name)).flatMap(({ licenses }) => licenses.map(({ id }) => id));
  const isAllowed = onceForEach(withinOneOf(allowed.flatMap((name) => (name === 'permissive' ? permissive : [identifierOf(name)]))));
  const judge = onceForEach((stated) => judgeLicence(stated, isAllowed));
  return ({ licence, text }) => judge(statedLicence(text) ?? licence.trim());
}

function onceForEach<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (!known.has(text)) known.set(text, answer(text));
    return known.get(text) as T;
  };
}

/** Whether a licence is one of these, or a version that one of these includes. The versions of some licences cannot be compared. */
function withinOneOf(ids: readonly string[]): (licence: string) => boolean {
  const isWithin = (licence: string, id: string): boolean => {
    try {
      return satisfies(licence, [id]);
    } catch {
      return false;
    }
  };
  return (licence) => ids.some((id) => isWithin(licence, id));
}

/** The identifier that a name means; null where it means none. */
function meant(name: string, options = { upgrade: true }): string | null {
  return name.trim() === '' ? null : correct(name, options);
}

function identifierOf(name: string): string {
  const id = meant(name, { upgrade: false });
  const expression = id === null ? null : parsed(id);
  if (id === null || !expression || 'conjunction' in expression || expression.exception !== undefined)
    throw new Error(`${name} is no licence of the SPDX list`);
  return id;
}

function statedLicence(text: string): string | undefined {
  return /SPDX-License-Identifier:\s*([\w.+() -]*[\w.+)])/.exec(text.slice(0, 2000))?.[1]?.trim();
}

function judgeLicence(stated: string, isAllowed: (licence: string) => boolean): LeftOutText | null {
  const expressions = expressionsOf(stated);
  if (expressions.length === 0)
    return { reason: 'no-licence', detail: stated === '' ? 'no licence is known' : `${stated} is no known licence` };
  const permits = expressions.some((expression) => isPermitted(expression, isAllowed));
  return permits ? null : { reason: 'licence', detail: `${stated} is not among the allowed licences` };
}

/** An exception only adds to what its licence permits. */
function isPermitted(expression: parse.Info, isAllowed: (licence: string) => boolean): boolean {
  if (!('conjunction' in expression)) return isAllowed(nameOf(expression));
  const { left, conjunction, right } = expression;
  if (conjunction === 'and') return isPermitted(left, isAllowed) && isPermitted(right, isAllowed);
  return isPermitted(left, isAllowed) || isPermitted(right, isAllowed);
}

/** An expression, or the known ones of several names as data sets list them, of which one that is allowed is enough. */
function expressionsOf(stated: string): parse.Info[] {
  const whole = parsed(stated);
  if (whole) return [whole];
  const names = stated.split(stated.includes('(') ? ',' : /,| OR /);
  return names.filter((name) => name.trim() !== '').map(expressionOf).filter((each) => each !== null);
}

/** The expression that a name means; null where it is unknown, or applies beside one that is. */
function expressionOf(name: string): parse.Info | null {
  const expression = parsed(name);
  if (expression) return expression;
  const known = name.trim().split(/ +AND +/).map((each) => (parsed(each) ? each : meant(each)));
  return known.includes(null) ? null : parsed(known.map((each) => `(${each})`).join(' AND '));
}

/**
 * Every licence that a cell names, as it is written there: the cell itself, each of a list, and of an expression each licence, with and
 * without its exception, also beside names that SPDX does not know.
 */
export function licencesIn(cell: string): string[] {
  const parts = [cell, ...cell.split(','), ...cell.split(/,| AND | OR |[()]/)].map((part) => part.trim());
  return [...new Set(parts.flatMap((part) => [part, ...licencesOf(parsed(part))]))];
}

function licencesOf(expression: parse.Info | null): string[] {
  if (!expression) return [];
  if ('conjunction' in expression) return [...licencesOf(expression.left), ...licencesOf(expression.right)];
  const { exception } = expression;
  const name = nameOf(expression);
  return exception === undefined ? [name] : [name, `${name} WITH ${exception}`];
}

function nameOf({ license, plus }: parse.LicenseInfo): string {
  return plus ? `${license}+` : license;
}

function parsed(text: string): parse.Info | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
