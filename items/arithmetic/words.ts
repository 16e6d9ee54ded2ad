/** Name and pronoun. */
export const people = [
  ['Mia', 'She'],
  ['Tom', 'He'],
  ['Ana', 'She'],
  ['Ben', 'He'],
  ['Zoe', 'She'],
  ['Sam', 'He'],
  ['Eva', 'She'],
  ['Max', 'He'],
  ['Lea', 'She'],
  ['Ali', 'He'],
  ['Ivy', 'She'],
  ['Leo', 'He'],
  ['Nora', 'She'],
  ['Omar', 'He'],
  ['Ruth', 'She'],
  ['Juan', 'He'],
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
  '+': ['buys {n} more', 'finds {n} more', 'gets {n} more', 'is given {n} more'],
  '-': ['gives away {n}', 'loses {n}', 'sells {n}', 'throws away {n}'],
  '*': ['trades them for {n} times as many', 'swaps them for {n} times as many'],
} as const;
