import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canDivide, onHost } from '../../hosts.ts';
import { runCommand } from '../command.ts';
import { checkout } from '../supervisor/services-rig.ts';
import { studied, type Study } from './forget-rig.ts';

const quoted = (words: string[]): string => words.map((word) => `'${word}'`).join(' ');

/** Runs a command on another machine that has the same store. */
const onOther = ({ path }: Study, ...args: string[]) =>
  onHost('second', ['sh', '-c', `cd ${path} && exec ${process.execPath} ${join(checkout, 'cli', 'main.ts')} ${quoted(args)}`]);

interface Divided {
  study: Study;
  /** The folder of the export, on the disk of the other machine. */
  folder: string;
  /** Takes that disk away, and brings it back. */
  unmount(): Promise<void>;
  mount(): Promise<void>;
}

/** A study whose pairs were exported on another machine. */
async function exportedElsewhere(): Promise<Divided> {
  const study = await studied([]);
  const [disk, away] = [join(study.path, 'disk'), join(study.path, 'away')];
  const folder = join(disk, 'pairs');
  expect(await onOther(study, 'export', 'pairs', folder, '--format', 'jsonl')).toMatchObject({ exitCode: 0 });
  return {
    study,
    folder,
    unmount: () => rename(disk, away),
    mount: async () => {
      await rm(disk, { recursive: true, force: true });
      await rename(away, disk);
    },
  };
}

const rowsIn = (folder: string): Promise<string> => readFile(join(folder, 'train.jsonl'), 'utf8');

describe.skipIf(!canDivide)('an export on another machine', () => {
  it('is named with what to run there, and the same command there finds it and takes the rows out', async () => {
    const { study, folder, unmount, mount } = await exportedElsewhere();
    await unmount();
    const said = `${folder} on second: 2 rows; it is not found from here. Where it is, run: codepmp forget --repository 'lab/one' --delete`;
    expect((await study.forget('--repository', 'lab/one')).stdout.split('\n')).toContain(said);
    expect((await study.forget('--repository', 'lab/one', '--delete')).stdout.split('\n')).toContain(said);
    expect((await study.forget('--repository', 'lab/one')).stdout.split('\n')).toContain(said);
    await mount();
    expect(await rowsIn(folder)).toContain('secret');
    expect((await onOther(study, 'forget', '--repository', 'lab/one')).stdout.split('\n')).toContain(`${folder}: 2 rows`);
    expect(await onOther(study, 'forget', '--repository', 'lab/one', '--delete')).toMatchObject({ exitCode: 0 });
    expect(await rowsIn(folder)).not.toContain('lab/one');
    expect(await rowsIn(folder)).toContain('plain');
    expect((await study.forget('--repository', 'lab/one')).stdout).not.toContain(folder);
  });

  it('is not mistaken for another folder of its path', async () => {
    const { study, folder, unmount, mount } = await exportedElsewhere();
    await unmount();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'README.md'), 'mine');
    expect((await study.forget('--repository', 'lab/one', '--delete')).stdout).toContain(`${folder} on second: 2 rows; it is not found from here`);
    expect(existsSync(join(folder, 'train.jsonl'))).toBe(false);
    await mount();
    await onOther(study, 'forget', '--repository', 'lab/one', '--delete');
    expect(await rowsIn(folder)).not.toContain('lab/one');
  });

  it('is rewritten from here in a folder that both machines have', async () => {
    const { study, folder } = await exportedElsewhere();
    expect((await study.forget('--repository', 'lab/one', '--delete')).stdout.split('\n')).toContain(`${folder}: 2 rows`);
    expect(await rowsIn(folder)).not.toContain('lab/one');
  });

  it('stays noted beside one of this machine at the same path', async () => {
    const { study, folder, unmount, mount } = await exportedElsewhere();
    await unmount();
    expect(await runCommand(study.path, ['export', 'pairs', folder, '--format', 'jsonl'])).toMatchObject({ exitCode: 0 });
    const { stdout } = await study.forget('--repository', 'lab/one', '--delete');
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([`${folder}: 2 rows`, expect.stringMatching(`^${folder} on second: 2 rows; it is not found from here`)]),
    );
    expect(await rowsIn(folder)).not.toContain('lab/one');
    await mount();
    expect((await onOther(study, 'forget', '--repository', 'lab/one')).stdout.split('\n')).toContain(`${folder}: 2 rows`);
  });

  it('is named until it is deleted where the record of its run is gone', async () => {
    const { study, folder, unmount } = await exportedElsewhere();
    await runCommand(study.path, ['rm', 'study-1', '--yes']);
    await unmount();
    const said = `${folder} on second: 2 rows; it is not found from here, and the record of its run is gone: delete this folder yourself`;
    for (let times = 0; times < 2; times += 1)
      expect((await study.forget('--repository', 'lab/one', '--delete')).stdout.split('\n')).toContain(said);
  });
});
