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
 * allowed. Throws where a name is no licence.
 */
export async function licenceRule(allowed: readonly string[]): Promise<LicenceRule> {
  const { default: rated } = await import('@blueoak/list/index.json', { with: { type: 'json' } });
  const permissive = rated.filter(({ name }) => ratings.includes(name)).flatMap(({ licenses }) => licenses.map(({ id }) => id));
  const ids = allowed.flatMap((name) => (name === 'permissive' ? permissive : [identifierOf(name)]));
  const judged = new Map<string, LeftOutText | null>();
  return ({ licence, text }) => {
    const stated = statedLicence(text) ?? licence.trim();
    if (!judged.has(stated)) judged.set(stated, judgeLicence(stated, ids));
    return judged.get(stated) ?? null;
  };
}

function identifierOf(name: string): string {
  const id = correct(name, { upgrade: false });
  if (id === null) throw new Error(`${name} is no licence of the SPDX list`);
  return id;
}

function statedLicence(text: string): string | undefined {
  return /SPDX-License-Identifier:\s*([\w.+() -]*[\w.+)])/.exec(text.slice(0, 2000))?.[1]?.trim();
}

function judgeLicence(stated: string, ids: string[]): LeftOutText | null {
  const expressions = expressionsOf(stated);
  if (expressions.length === 0)
    return { reason: 'no-licence', detail: stated === '' ? 'no licence is known' : `${stated} is no known licence` };
  // An exception only adds to what its licence permits.
  const isAllowed = expressions.some((expression) => satisfies(expression.replaceAll(/ WITH [\w.-]+/g, ''), ids));
  return isAllowed ? null : { reason: 'licence', detail: `${stated} is not among the allowed licences` };
}

/** An expression, or the known ones of several names as data sets list them, of which one that is allowed is enough. */
function expressionsOf(stated: string): string[] {
  const names = isExpression(stated) ? [stated] : stated.split(stated.includes('(') ? ',' : /,| OR /);
  return names.filter((name) => name.trim() !== '').map(expressionOf).filter((name) => name !== null);
}

/** The expression that a name means; null where it is unknown, or applies beside one that is. */
function expressionOf(name: string): string | null {
  if (isExpression(name)) return name;
  const together = name.trim().split(/ +AND +/);
  const known = together.map((each) => (isExpression(each) ? each : correct(each)));
  return known.includes(null) ? null : known.map((each) => `(${each})`).join(' AND ');
}

function isExpression(text: string): boolean {
  return parsed(text) !== null;
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
  const { license, plus = false, exception } = expression;
  const name = plus ? `${license}+` : license;
  return exception === undefined ? [name] : [name, `${name} WITH ${exception}`];
}

function parsed(text: string): parse.Info | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
