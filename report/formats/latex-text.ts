/**
 * A text for LaTeX in ASCII alone: markup is escaped, letters with accents and common signs become commands of LaTeX itself,
 * and any other character becomes `\codepmpchar`, which every engine can set.
 */
export function latexText(value: string): string {
  return [...value].map(characterOf).join('').replace(/--+/gu, (dashes) => [...dashes].join('{}'));
}

/** A comment ends with its line; nothing may start a new one, and no command is to be seen in it. */
export function latexComment(value: string): string {
  return [...value.replace(/\s+/gu, ' ').replaceAll('\\', '/')].map((each) => (isAscii(each) ? each : `U+${hexOf(each)}`)).join('');
}

function characterOf(character: string): string {
  const known = special[character];
  if (known !== undefined) return known;
  if (isAscii(character)) return character;
  return greekOf(character) ?? accentedOf(character) ?? String.raw`\codepmpchar{${hexOf(character)}}`;
}

function isAscii(character: string): boolean {
  return (character.codePointAt(0) ?? 0) < 0x80;
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

const math = (name: string): string => `\\ensuremath{\\${name}}`;

const special: { [character: string]: string } = {
  '\\': String.raw`\textbackslash{}`,
  '{': String.raw`\{`,
  '}': String.raw`\}`,
  '$': String.raw`\$`,
  '&': String.raw`\&`,
  '#': String.raw`\#`,
  '%': String.raw`\%`,
  '_': String.raw`\_`,
  '^': String.raw`\textasciicircum{}`,
  '~': String.raw`\textasciitilde{}`,
  '<': String.raw`\textless{}`,
  '>': String.raw`\textgreater{}`,
  '|': String.raw`\textbar{}`,
  '"': "''",
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
  '\u00a0': '~',
  '−': '$-$',
  '–': String.raw`\textendash{}`,
  '—': String.raw`\textemdash{}`,
  '‘': '`',
  '’': "'",
  '“': '``',
  '”': "''",
  '…': String.raw`\ldots{}`,
  '§': String.raw`\S{}`,
  'ß': String.raw`\ss{}`,
  'æ': String.raw`\ae{}`,
  'Æ': String.raw`\AE{}`,
  'œ': String.raw`\oe{}`,
  'Œ': String.raw`\OE{}`,
  'ø': String.raw`\o{}`,
  'Ø': String.raw`\O{}`,
  'ł': String.raw`\l{}`,
  'Ł': String.raw`\L{}`,
  'ı': String.raw`\i{}`,
  '✓': String.raw`\checkmark{}`,
  '✔': String.raw`\checkmark{}`,
  '✗': math('times'),
  '✘': math('times'),
  '×': math('times'),
  '±': math('pm'),
  '·': math('cdot'),
  '≥': math('ge'),
  '≤': math('le'),
  '≠': math('ne'),
  '≈': math('approx'),
  '→': math('rightarrow'),
  '←': math('leftarrow'),
  '√': math('surd'),
  '∞': math('infty'),
  '∈': math('in'),
  '°': String.raw`\ensuremath{^\circ}`,
};

/** Greek letters that LaTeX has, in the order of their code points, and its names for them. */
const greek = 'ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξπρστυφχψω';
const greekNames = (
  'Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi ' +
  'rho sigma tau upsilon phi chi psi omega'
).split(' ');

function greekOf(character: string): string | undefined {
  const name = greekNames[greek.indexOf(character === 'µ' ? 'μ' : character)];
  return name === undefined ? undefined : math(name);
}

/** Combining marks and LaTeX's commands for them. */
const accentMarks = '\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0327\u0331';
const accents = '`\'^~=u."rHvdcb';

function accentedOf(character: string): string | undefined {
  const [letter = '', mark = '', ...more] = character.normalize('NFD');
  const accent = mark === '' ? undefined : accents[accentMarks.indexOf(mark)];
  if (accent === undefined || more.length > 0 || !/^[A-Za-z]$/u.test(letter)) return undefined;
  return `\\${accent}{${letter}}`;
}
