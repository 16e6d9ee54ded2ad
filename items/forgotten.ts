import { licencesIn } from './cleaning/licences.ts';

/** What rows say of where they come from, if they say it. */
export interface Provenance {
  readonly repository?: unknown;
  readonly licence?: unknown;
}

/** Judges whether a row comes from one of these repositories, or names one of these licences: alone, in a list or in an expression. */
export function forgottenRule(forgotten: { readonly [column in keyof Provenance]-?: readonly string[] }): (row: Provenance) => boolean {
  const licences = new Set(forgotten.licence.map((name) => name.trim().toLowerCase()));
  const judged = new Map<string, boolean>();
  const names = (cell: string): boolean => {
    if (!judged.has(cell)) judged.set(cell, licencesIn(cell).some((name) => licences.has(name.toLowerCase())));
    return judged.get(cell) ?? false;
  };
  return ({ repository, licence }) =>
    forgotten.repository.includes(repository as string) || (licences.size > 0 && typeof licence === 'string' && names(licence));
}
