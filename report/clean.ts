/**
 * Text that may be shown: without terminal escapes, control and bidirectional override characters, which can make a page
 * say something else than its source. Line breaks and tabs become spaces.
 */
export function cleanText(value: string): string {
  return value
    .replace(terminalEscapes, '')
    .replace(/[\t\n\r\u0085\u2028\u2029]+/gu, ' ')
    .replace(hidden, '')
    .toWellFormed()
    .trim();
}

// oxlint-disable-next-line no-control-regex -- these very characters are to be found
const terminalEscapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/gu;
// oxlint-disable-next-line no-control-regex -- these very characters are to be found
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;
