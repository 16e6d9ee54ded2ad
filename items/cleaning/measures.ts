/** Sizes of a text, in characters as Unicode counts them. */
export interface TextMeasures {
  /** Line ends included. */
  characters: number;
  lines: number;
  longestLine: number;
  /** Mean length of a line; line ends are not counted. */
  meanLine: number;
  /** Share of the characters that are letters or digits. */
  alphanumeric: number;
  /** Share of the characters that are letters. */
  alphabetic: number;
}

/** Measures a text. A line end at its very end begins no further line; an empty text has no line. */
export function measureText(text: string): TextMeasures {
  const lines = text.split(/\r\n|[\n\r]/).map((line) => countCharacters(line).characters);
  if (lines.at(-1) === 0) lines.pop();
  const { characters, letters, digits } = countCharacters(text);
  const share = (part: number): number => (characters === 0 ? 0 : part / characters);
  return {
    characters,
    lines: lines.length,
    longestLine: lines.reduce((most, each) => Math.max(most, each), 0),
    meanLine: lines.reduce((sum, each) => sum + each, 0) / Math.max(1, lines.length),
    alphanumeric: share(letters + digits),
    alphabetic: share(letters),
  };
}

const [other, letter, digit] = [0, 1, 2] as const;

const sortsOfAscii = Uint8Array.from({ length: 128 }, (_, code) => sortOf(String.fromCharCode(code)));

function sortOf(character: string): typeof other | typeof letter | typeof digit {
  return /^\p{L}$/u.test(character) ? letter : /^\p{N}$/u.test(character) ? digit : other;
}

function countCharacters(text: string): { characters: number; letters: number; digits: number } {
  const counts = { characters: 0, letters: 0, digits: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    const sort = code < 128 ? sortsOfAscii[code] : sortOf(String.fromCodePoint(code));
    counts.characters += 1;
    if (sort === letter) counts.letters += 1;
    if (sort === digit) counts.digits += 1;
    if (code > 0xffff) at += 1;
  }
  return counts;
}
