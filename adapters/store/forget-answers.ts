import type { Store } from '../../ports/store.ts';
import type { Digest } from '../../plan/index.ts';
import { decodeSegment, encodeSegment } from './ledger-frames.ts';
import { rewrittenName } from './ledger-names.ts';

interface ForgetAnswers {
  origins: ReadonlySet<Digest>;
  /** Delete them; otherwise they are only counted. */
  remove: boolean;
}

/**
 * Deletes the paid answers of origins from all segments, of which nobody may be writing one; returns how many there were, and the other
 * segments of which a part is damaged. Other answers of such a segment are written to a new one first.
 */
export async function forgetAnswers(
  { files }: Pick<Store, 'files'>,
  { origins, remove }: ForgetAnswers,
): Promise<{ answers: number; damaged: string[] }> {
  const affected: string[] = [];
  const damaged: string[] = [];
  let answers = 0;
  for await (const { file } of files.list('ledger')) {
    let lost = 0;
    const records = [...decodeSegment((await files.read(file)) ?? new Uint8Array(), (bytes) => (lost += bytes))];
    const of = records.filter(({ origin }) => origins.has(origin)).length;
    answers += of;
    if (of > 0) affected.push(file);
    else if (lost > 0) damaged.push(file);
  }
  if (remove) for (const file of affected) await rewriteSegment(files, file, origins);
  return { answers, damaged };
}

async function rewriteSegment(files: Store['files'], file: string, origins: ReadonlySet<Digest>): Promise<void> {
  const records = [...decodeSegment((await files.read(file)) ?? new Uint8Array())];
  const kept = records.filter(({ origin }) => !origins.has(origin));
  if (kept.length > 0) await files.create(rewrittenName(file), encodeSegment(kept));
  await files.remove(file);
}
