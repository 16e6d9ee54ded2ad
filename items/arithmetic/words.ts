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

/** What happens, after the person's name or pronoun; `{n}` is the number. */
export const events = {
  '+': ['buys {n} more', 'finds {n} more', 'gets {n} more'],
  '-': ['gives away {n}', 'loses {n}', 'sells {n}'],
  '*': ['trades them for {n} times as many'],
} as const;
