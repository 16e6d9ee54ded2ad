import { Parser, type ReadEntry } from 'tar';
import type { ArchivedFile, Archives, OddEntry } from '../../ports/archives.ts';
import { bytesOfFile } from './compressed.ts';

type AskedFiles = Parameters<Archives['entries']>[1];

/** Tarballs of the machine. */
export function createArchives(): Archives {
  return {
    async *entries(file, asked) {
      let found: (ArchivedFile | OddEntry)[] = [];
      let problem: string | null = null;
      const parser = new Parser({
        maxDecompressionRatio: Number.POSITIVE_INFINITY,
        onReadEntry: (entry) => readEntry(entry, asked, (each) => found.push(each)),
        onwarn: (code, message) => {
          if (fatal.includes(code)) problem ??= String(message);
        },
      });
      for await (const bytes of bytesOfFile(file) as AsyncIterable<Buffer>) {
        parser.write(bytes);
        yield* found;
        found = [];
        if (problem !== null) throw new Error(problem);
      }
      parser.end();
      yield* found;
      if (problem !== null) throw new Error(problem);
    },
  };
}

/** Warnings of the parser after which the rest of an archive means nothing. */
const fatal = ['TAR_BAD_ARCHIVE', 'TAR_ABORT', 'TAR_ENTRY_INVALID'];

/** Takes the place of bytes in a name that are not UTF-8. */
const unknownCharacter = '\uFFFD';

/** Contents come while the parser is written to, and are whole before the next entry begins. */
function readEntry(entry: ReadEntry, { isWanted, largest }: AskedFiles, give: (found: ArchivedFile | OddEntry) => void): void {
  const path = entry.path.replace(/^(?:\.?\/)+/, '');
  const isFile = ['File', 'OldFile', 'ContiguousFile'].includes(entry.type);
  const isRead = isFile && entry.size <= largest && isWanted(path);
  const parts: Buffer[] = [];
  if (isRead) entry.on('data', (part) => parts.push(part));
  entry.on('end', () => {
    if (path.includes(unknownCharacter)) give({ path, reason: 'odd-name' });
    else if (isFile) give({ path, bytes: isRead ? Buffer.concat(parts) : null });
    else if (entry.type !== 'Directory') give({ path, reason: 'no-plain-file' });
  });
  entry.resume();
}
