import { readdirSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowBlobs } from '../../../adapters/index.ts';
import { record } from '../../contracts/store-contract.ts';
import { runCommand } from '../command.ts';
import { studied, type Study } from './forget-rig.ts';

/** Flips a bit of a file of the store. */
async function flip({ store }: Study, file: string): Promise<void> {
  const path = join(store.root, file);
  const bytes = await readFile(path);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);
}

/** The file of rows with the texts of a source. */
async function corpusOf({ store }: Study): Promise<string> {
  for await (const { digest, rows } of rowBlobs(store))
    if (rows.some((row) => 'text' in row && 'path' in row)) return `blobs/${digest.slice(0, 2)}/${digest}`;
  throw new Error('there is no corpus');
}

describe('forget', () => {
  it('names what is damaged, since texts that it cannot read stay, and what verify has put aside', async () => {
    const study = await studied([]);
    const { root } = study.store;
    const corpus = await corpusOf(study);
    const answers = study.store.ledger.open({ generationKey: 'aa', lo: '', hi: null, step: 'respond', attempt: '1' });
    for (const each of ['one', 'two']) await answers.append(record(each));
    await answers.close();
    const segment = join('ledger', 'aa', readdirSync(join(root, 'ledger', 'aa'))[0] ?? '');
    for (const file of [corpus, segment]) await flip(study, file);
    const asked = ['--repository', 'lab/nobody'];
    const found = 'damaged, so it is not known what it holds, and it stays. Run codepmp verify, then this command again';
    const { stdout } = await study.forget(...asked);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining([`${join(root, corpus)}: ${found}`, `${join(root, segment)}: ${found}`]));
    await runCommand(study.path, ['verify']);
    const aside = `${join(root, 'damaged', corpus)}: damaged, so it is not known what it holds, and it stays. Delete it yourself`;
    expect((await study.forget(...asked, '--delete')).stdout.split('\n')).toContain(aside);
    expect(JSON.parse((await study.forget(...asked, '--json')).stdout)).toMatchObject({
      damaged: expect.arrayContaining([join(root, 'damaged', corpus)]),
    });
  });
});
