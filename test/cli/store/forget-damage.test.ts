import { existsSync, readdirSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowBlobs } from '../../../adapters/index.ts';
import { pairColumns } from '../../../plan/columns.ts';
import type { PlanNode } from '../../../plan/index.ts';
import type { ArtifactShard } from '../../../ports/artifacts.ts';
import { listExports, noteExport } from '../../../records/exports.ts';
import { publishResult } from '../../../records/results.ts';
import { record } from '../../contracts/store-contract.ts';
import { canDivide, onHost } from '../../hosts.ts';
import { runCommand } from '../command.ts';
import { checkout } from '../supervisor/services-rig.ts';
import { contentOf, studied, type Study } from './forget-rig.ts';

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

/** The artifact of a step with a further file of rows, which is damaged. */
async function withDamaged(study: Study, step: string, shards: ArtifactShard[]): Promise<{ artifact: string; file: string }> {
  const manifest = await study.manifest(study.made[step]);
  const artifact = await study.artifacts.writeManifest({ ...manifest, shards: [...manifest.shards, ...shards] });
  const digest = shards[0]?.digest ?? '';
  const file = `blobs/${digest.slice(0, 2)}/${digest}`;
  await flip(study, file);
  return { artifact, file };
}

const unknown = 'damaged, so it is not known what it holds, and it stays';

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
    const found = `${unknown}. Run codepmp verify, then this command again`;
    const { stdout } = await study.forget(...asked);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining([`${join(root, corpus)}: ${found}`, `${join(root, segment)}: ${found}`]));
    await runCommand(study.path, ['verify']);
    const aside = `${join(root, 'damaged', corpus)}: ${unknown}. Delete it yourself`;
    expect((await study.forget(...asked, '--delete')).stdout.split('\n')).toContain(aside);
    expect(JSON.parse((await study.forget(...asked, '--json')).stdout)).toMatchObject({
      damaged: expect.arrayContaining([join(root, 'damaged', corpus)]),
    });
  });

  it('goes on past an export of which the store has lost a file, and leaves its folder to the user', async () => {
    const study = await studied();
    const folder = join(study.path, 'jsonl');
    const others = (await study.rows(study.made['pairs'])).filter(({ repository }) => repository === 'lab/three');
    const shards = await study.artifacts.writeParquet({ columns: pairColumns, rows: others });
    const { artifact, file } = await withDamaged(study, 'pairs', shards);
    for (const exported of await listExports(study.store)) await noteExport(study.store, { ...exported, artifacts: [artifact] });
    const shown = await study.forget('--repository', 'lab/one');
    expect(shown).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('1 text of lab/one can be deleted') });
    const path = join(study.store.root, file);
    expect(shown.stdout.split('\n')).toEqual(
      expect.arrayContaining([`${folder}: 2 rows`, `${path}: ${unknown}. Run codepmp verify, then this command again`]),
    );
    expect(existsSync(path)).toBe(true);
    const { exitCode, stdout } = await study.forget('--repository', 'lab/one', '--delete');
    const lost = `${folder}: 2 rows; the store has lost other rows of it, so it cannot be written again: delete this folder yourself`;
    const aside = `${join(study.store.root, 'damaged', file)}: ${unknown}. Delete it yourself`;
    expect(exitCode).toBe(1);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining([lost, aside]));
    expect(stdout).not.toContain(path);
    expect(await contentOf(study)).not.toContain('secret');
    expect((await study.forget('--repository', 'lab/one', '--delete')).stdout.split('\n')).toContain(lost);
  });

  it('goes on past a source of which the store has lost a file', async () => {
    const study = await studied([]);
    const shard = await study.artifacts.writeJsonl([{ origin: 'a', text: 'lost', path: 'a.py', repository: 'lab/two' }]);
    const { artifact, file } = await withDamaged(study, 'code', [shard]);
    const node = { id: 'code', kind: 'source/github' } as PlanNode;
    const parts = { kind: node.kind };
    await publishResult(study.store, { node, parts, inputs: {}, outputs: { out: artifact }, seconds: 1 });
    const { exitCode, stdout } = await study.forget('--repository', 'lab/one', '--delete');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toContain(`${join(study.store.root, 'damaged', file)}: ${unknown}. Delete it yourself`);
    expect(await contentOf(study)).not.toContain('secret');
  });

  it.skipIf(!canDivide)('goes on past a folder that it cannot write to, and writes it when it can', async () => {
    const study = await studied(['huggingface', 'jsonl']);
    const [fixed, other] = [join(study.path, 'huggingface'), join(study.path, 'jsonl')];
    const forget = `exec ${process.execPath} ${join(checkout, 'cli', 'main.ts')} forget --repository lab/one --delete`;
    const script = `mount --bind ${fixed} ${fixed} && mount -o remount,ro,bind ${fixed} && cd ${study.path} && ${forget}`;
    const { exitCode, stdout } = await onHost(hostname(), ['sh', '-c', script]);
    expect(exitCode).toBe(1);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`^${fixed}: 2 rows; it cannot be written again: E[A-Z]+: .*\\. Run the same command when that is mended$`),
        `${other}: 2 rows`,
      ]),
    );
    expect(await contentOf(study)).not.toContain('secret');
    expect(await readFile(join(other, 'train.jsonl'), 'utf8')).not.toContain('secret');
    expect(await readFile(join(fixed, 'README.md'), 'utf8')).toContain('lab/one');
    const again = await study.forget('--repository', 'lab/one', '--delete');
    expect([again.exitCode, again.stdout.split('\n')]).toEqual([0, expect.arrayContaining([`${fixed}: 2 rows`])]);
    expect(await readFile(join(fixed, 'README.md'), 'utf8')).not.toContain('lab/one');
    expect((await study.forget('--repository', 'lab/one')).stdout).not.toContain(fixed);
  });
});
