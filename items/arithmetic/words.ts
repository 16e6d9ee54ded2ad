/** Name and pronoun. */
export const people = [
  ['Mia', 'she'],
  ['Tom', 'he'],
  ['Ana', 'she'],
  ['Ben', 'he'],
  ['Zoe', 'she'],
  ['Sam', 'he'],
  ['Eva', 'she'],
  ['Max', 'he'],
  ['Lea', 'she'],
  ['Ali', 'he'],
  ['Ivy', 'she'],
  ['Leo', 'he'],
  ['Nora', 'she'],
  ['Omar', 'he'],
  ['Ruth', 'she'],
  ['Juan', 'he'],
] as const;

export const things = [
  'apples',
  'books',
  'coins',
  'cards',
  'pens',
  'eggs',
  'stamps',
  'shells',
  'balls',
  'keys',
  'stones',
  'cups',
  'plants',
  'toys',
  'hats',
  'buttons',
] as const;

/**
 * What happens, after the person's name or pronoun; `{n}` is the number. One verb for each operation, so that a small
 * model can learn from a few hundred examples what it asks for.
 */
export const events = { '+': 'buys {n}', '-': 'sells {n}' } as const;

/** Words for products, by factor. */
export const products = [
  [2, 'doubles them'],
  [3, 'triples them'],
] as const;
