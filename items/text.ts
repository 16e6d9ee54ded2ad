/** The text of a file, or why it has none. */
type Decoded = { text: string } | { reason: 'binary' | 'unknown-encoding' };

/**
 * Text of bytes in UTF-8, in UTF-16 with a byte order mark, or in the encoding that the text itself declares in its first
 * two lines as Python, Ruby and XML do. No encoding is guessed.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  const text = decodeAs(markedEncoding(bytes) ?? 'utf-8', bytes) ?? decodeAs(declaredEncoding(bytes), bytes);
  if (text !== null) return text.includes('\0') ? { reason: 'binary' } : { text };
  return { reason: bytes.includes(0) ? 'binary' : 'unknown-encoding' };
}

function decodeAs(encoding: string | null, bytes: Uint8Array): string | null {
  if (encoding === null) return null;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** UTF-16 by its byte order mark; that of UTF-32 begins alike. */
function markedEncoding([first, second, third, fourth]: Uint8Array): string | null {
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe && (third !== 0 || fourth !== 0) ? 'utf-16le' : null;
}

function declaredEncoding(bytes: Uint8Array): string | null {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 500)).split(/\r\n?|\n/, 2).join('\n');
  const name = /coding[:=]\s*["']?([-\w.]+)/.exec(head)?.[1]?.toLowerCase() ?? null;
  return name && name.replaceAll('_', '-').replace(/-(?:unix|dos|mac)$/, '').replace(/^(?:iso-)?latin-/, 'latin');
}
