import { nearName } from '../../compile/index.ts';

/** The end of a message about a name that does not exist: the one that was probably meant, else what was expected. */
export function suggestion(given: string, names: string[], otherwise = `Expected one of ${names.join(', ')}`): string {
  const near = nearName(given, names);
  return near === null ? otherwise : `Did you mean ${near}?`;
}
