import { distance } from 'fastest-levenshtein';

/** Longer names are not compared. */
const longest = 100;

/**
 * The name that was probably meant: the only one that starts with the given one, else the nearest within 2 edits or a third of its
 * length.
 */
export function nearName(given: string, names: Iterable<string>): string | null {
  if (given.length > longest) return null;
  const all = [...names];
  return onlyLonger(given, all) ?? leastEdited(given, all);
}

function onlyLonger(given: string, names: string[]): string | null {
  const [name, ...others] = names.filter((each) => given.length >= 3 && each.startsWith(given));
  return name !== undefined && name !== given && others.length === 0 ? name : null;
}

/** The name with the fewest edits; capitals do not count. */
function leastEdited(given: string, names: string[]): string | null {
  let best: { name: string; edits: number } | null = null;
  for (const name of names) {
    const allowed = Math.max(2, Math.floor(name.length / 3));
    if (Math.abs(name.length - given.length) > allowed) continue;
    const edits = distance(given.toLowerCase(), name.toLowerCase());
    const isNear = edits <= allowed && edits < Math.min(name.length, given.length);
    if (isNear && (best === null || edits < best.edits)) best = { name, edits };
  }
  return best?.name ?? null;
}

/** The suggestion as a hint, or what to do if no name is similar. */
export function didYouMean(given: string, names: Iterable<string>, otherwise?: string): string | undefined {
  const near = nearName(given, names);
  return near === null ? otherwise : `did you mean ${near}?`;
}

interface NameMistake {
  message: string;
  expected: string | undefined;
  got: string;
  hint: string | undefined;
}

/** Says of a name that nothing is called so. `expected`: what could have been named, if not only the known names. */
export function unknownName(
  thing: string,
  name: string,
  { known, otherwise, expected = oneOf(known) }: { known: Iterable<string>; otherwise?: string; expected?: string | undefined },
): NameMistake {
  return { message: `there is no ${thing} ${name}`, expected, got: name, hint: didYouMean(name, known, otherwise) };
}

/** The same of a name that a section of the configuration should declare. */
export function undeclaredName(thing: string, section: string, { name, known }: { name: string; known: string[] }): NameMistake {
  const expected = `${/^[aeiou]/.test(thing) ? 'an' : 'a'} ${thing} of the configuration: ${listedNames(known)}`;
  return unknownName(thing, name, { known, expected, otherwise: `declare it under ${section} in codepmp.config.yaml` });
}

/** What to know about `$name` in a text. */
export const wholeValue = '$name is only replaced if it is the whole value: make the whole text a param';

/** The names to choose from, in words: `one of a, b`, or the only one; undefined if there are none. */
export function oneOf(names: Iterable<string>): string | undefined {
  const all = [...names];
  return all.length > 1 ? `one of ${listedNames(all)}` : all[0];
}

/** Names for a sentence, cut after the first dozen. */
export function listedNames(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  const rest = all.length - 12;
  return rest > 0 ? `${all.slice(0, 12).join(', ')} and ${rest} more` : all.join(', ');
}
