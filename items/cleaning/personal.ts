import { isIPv6 } from 'node:net';
import { numberer, type PrivatePiece } from './replace.ts';

/**
 * Addresses of people and machines in a text: mail and IP addresses. In their place come addresses that are reserved for examples, so
 * that code still works.
 */
export function personalData(text: string): PrivatePiece[] {
  return [...mailAddresses(text), ...ipv4Addresses(text), ...ipv6Addresses(text)];
}

function pieceAt(start: number, found: string, piece: Pick<PrivatePiece, 'sort' | 'replacement'>): PrivatePiece {
  return { start, end: start + found.length, ...piece };
}

/** Top-level domains of two letters, and the longer ones that mail is mostly sent to; `a@b.sum` is a product of matrices. */
const mailAddress =
  /(?<![\w.+%/@-])[\w.+%-]*\w@(?:[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?\.)+(?:com|org|net|edu|gov|mil|info|biz|name|dev|app|cloud|email|tech|online|[A-Za-z]{2})(?![\w(@-]|\.\w)/g;

/** Users and domains that are no one's: remote repositories, and what standards reserve for examples. */
const impersonalMail = /^git@|@(?:[\w-]+\.)*(?:example\.\w+|localhost\.\w+|users\.noreply\.github\.com)$/i;

/** Files by their endings: of `py`, `rs`, `md` and `cc`, which are countries too, `logo@2x.py` and `tool@1.2.py`. */
const fileName = /\.(?:ts|js)$|@(?:[^.]+|v?\d+(?:\.[\w-]+)+)\.(?:py|rs|md|cc)$/i;

/** What stands before the word of `https://user:word@host`. */
const userOfUrl = /\/\/[^\s/]*:$/;

function mailAddresses(text: string): PrivatePiece[] {
  const number = numberer();
  return [...text.matchAll(mailAddress)].flatMap(({ 0: found, index }) =>
    impersonalMail.test(found) || fileName.test(found) || userOfUrl.test(text.slice(Math.max(0, index - 200), index))
      ? []
      : [pieceAt(index, found, { sort: 'email', replacement: `user${number(found.toLowerCase())}@example.com` })],
  );
}

const ipv4Address = /(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w-]|\.\d)/g;

/** Networks that are private, local, for many receivers, or reserved for examples. */
const impersonalIpv4 = /^(?:0|10|127|22[4-9]|2[3-5]\d|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|192\.0\.2|198\.51\.100|203\.0\.113)\./;

function ipv4Addresses(text: string): PrivatePiece[] {
  const number = numberer();
  return [...text.matchAll(ipv4Address)].flatMap(({ 0: found, index }) =>
    impersonalIpv4.test(found) || isVersion(found, lineAround(text, index), text.slice(Math.max(0, index - 8), index))
      ? []
      : [pieceAt(index, found, { sort: 'ip-address', replacement: `192.0.2.${1 + ((number(found) - 1) % 254)}` })],
  );
}

/** What stands before a version: `tool==`, `tool >= "`. A text that is equal to four numbers is compared with an address. */
const versionSign = /(?:[<>~^]=\s*["']?|[=!]=\s*)$/;

/** Whether four numbers are a version: four digits, unless names of machines are the matter, or a line that speaks of versions. */
function isVersion(numbers: string, line: string, before: string): boolean {
  if (/^\d(?:\.\d){3}$/.test(numbers) && !/dns|server|host/i.test(line)) return true;
  return /version|release/i.test(line) || versionSign.test(before);
}

/** A line around a place in it, at most 200 characters either way: lines may be as long as the text. */
function lineAround(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 200), at);
  const [after = ''] = text.slice(at, at + 200).split('\n', 1);
  return before.slice(before.lastIndexOf('\n') + 1) + after;
}

/** Addresses that are reached from anywhere begin with 2 or 3. */
const ipv6Address = /(?<![\w:.])[23][\dA-Fa-f]{3}:[\dA-Fa-f:]{2,34}(?![\w:.])/g;

function ipv6Addresses(text: string): PrivatePiece[] {
  const number = numberer();
  return [...text.matchAll(ipv6Address)].flatMap(({ 0: found, index }) =>
    !isIPv6(found) || /^2001:0?db8:/i.test(found)
      ? []
      : [pieceAt(index, found, { sort: 'ip-address', replacement: `2001:db8::${number(found.toLowerCase()).toString(16)}` })],
  );
}
