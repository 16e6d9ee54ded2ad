import { visibleText } from './markup.ts';
import { measureText, type TextMeasures } from './measures.ts';

/** What a text may be. A limit that is left out does not hold. */
export interface TextLimits {
  minCharacters?: number;
  maxCharacters?: number;
  maxLines?: number;
  maxLine?: number;
  maxMeanLine?: number;
  /** Smallest share of letters and digits. */
  minAlphanumeric?: number;
  /** Smallest share of letters. */
  minAlphabetic?: number;
  /** Leaves out XML, by a declaration in the first 100 characters. */
  noXml?: boolean;
  /** What a reader must see of HTML: the smallest number of characters, and their smallest share of the text. */
  visible?: { characters: number; share: number };
  /** Most characters in one piece of encoded binary data, and the largest share of the text that all of them may have. */
  encoded?: { piece: number; share: number };
}

/** Why a text is left out. */
export interface LeftOutText {
  /** Counted. */
  reason: string;
  /** Said of this text. */
  detail: string;
}

/** The first limit that a text breaks; null where it keeps all. */
export function brokenLimit(text: string, limits: TextLimits): LeftOutText | null {
  const measured = measureText(text);
  for (const { reason, unit, least, most, value, show } of [...sizesOf(measured, limits), ...sharesOf(measured, limits)]) {
    if (least !== undefined && value < least) return { reason, detail: `${show(value)} ${unit}; the least is ${show(least)}` };
    if (most !== undefined && value > most) return { reason, detail: `${show(value)} ${unit}; the most is ${show(most)}` };
  }
  return unwantedContent(text, measured.characters, limits);
}

interface LimitedNumber {
  reason: string;
  unit: string;
  value: number;
  least?: number | undefined;
  most?: number | undefined;
  show(value: number): string;
}

function sizesOf({ characters, lines, longestLine, meanLine }: TextMeasures, limits: TextLimits): LimitedNumber[] {
  const limited = [
    { reason: 'too-short', unit: 'characters', value: characters, least: limits.minCharacters },
    { reason: 'too-long', unit: 'characters', value: characters, most: limits.maxCharacters },
    { reason: 'too-many-lines', unit: 'lines', value: lines, most: limits.maxLines },
    { reason: 'long-line', unit: 'characters in the longest line', value: longestLine, most: limits.maxLine },
    { reason: 'long-lines', unit: 'characters in a line on average', value: meanLine, most: limits.maxMeanLine },
  ];
  return limited.map((each) => ({ ...each, show: (value) => value.toLocaleString('en', { maximumFractionDigits: 1 }) }));
}

function sharesOf({ alphanumeric, alphabetic }: TextMeasures, limits: TextLimits): LimitedNumber[] {
  const limited = [
    { reason: 'few-letters-or-digits', unit: 'of the characters are letters or digits', value: alphanumeric, least: limits.minAlphanumeric },
    { reason: 'few-letters', unit: 'of the characters are letters', value: alphabetic, least: limits.minAlphabetic },
  ];
  return limited.map((each) => ({ ...each, show: (value) => `${(100 * value).toFixed(1)} %` }));
}

function unwantedContent(text: string, characters: number, { noXml, visible, encoded }: TextLimits): LeftOutText | null {
  if (noXml && text.slice(0, 100).includes('<?xml version=')) return { reason: 'xml', detail: 'it begins with an XML declaration' };
  const seen = visible ? [...visibleText(text)].length : 0;
  if (visible && (seen < visible.characters || seen < visible.share * characters))
    return { reason: 'little-visible-text', detail: `a reader sees ${seen} of ${characters} characters` };
  return encoded ? encodedData(text, { characters, ...encoded }) : null;
}

/** Base64 of a line or more, rows of bytes, and rows of escaped characters. */
const encodedRuns = /[\d+/=A-Za-z\n]{64,}|(?:(?:\b0x|\\x|\b)[\dA-Fa-f]{2}\b[,\s]*){8,}|(?:\\u[\dA-Fa-f]{4}){8,}/g;

function encodedData(
  text: string,
  { characters, piece, share }: { characters: number; piece: number; share: number },
): LeftOutText | null {
  const pieces = (text.match(encodedRuns) ?? []).map((run) => run.length);
  const all = pieces.reduce((sum, each) => sum + each, 0);
  if (all <= share * characters && pieces.every((each) => each <= piece)) return null;
  return { reason: 'encoded-data', detail: `${all} of ${characters} characters encode binary data` };
}
