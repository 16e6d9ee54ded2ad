/**
 * Characters that make a terminal or a page show something else than its text: controls, marks that change the direction,
 * and invisible ones. The joiners of scripts and pictures (U+200C, U+200D) are none of them.
 */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u180e\u200b\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]/g;

/** Text of several lines to be shown as it is: unsafe characters are replaced, line feeds and tabs stay. */
export function plainText(text: string): string {
  return text.replace(unsafe, (character) => (character === '\n' || character === '\t' ? character : replaced(character)));
}

/** The same on one line, unit by unit: every break and tab is a space. */
export function plainLine(text: string): string {
  return text.replace(breaks, ' ').replace(unsafe, replaced);
}

/** The same without what would be replaced, escapes of terminals included, and without space around it. */
export function cleanLine(text: string): string {
  return text.replace(escapes, '').replace(breaks, ' ').replace(unsafe, '').replace(/ {2,}/g, ' ').trim();
}

// oxlint-disable-next-line no-control-regex -- these very characters are to be found
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

function replaced(character: string): string {
  return '\uFFFD'.repeat(character.length);
}

/** Text inside XML or HTML and inside their attributes. */
export function escapedXml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.codePointAt(0)};`);
}
