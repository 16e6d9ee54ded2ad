import { execa } from 'execa';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { home } from './rig.ts';

const mark = '@@ exit code ';

/** A line of a script whose output and exit code `runScript` tells apart. */
export const watched = (command: string): string => `${command}\nprintf '\\n${mark}%s\\n' $?`;

/** Runs the lines of a script in one shell in a folder, with codepmp on its path; what each watched line printed, in their order. */
export async function runScript(
  lines: string[],
  { folder, temporary }: { folder: string; temporary: string },
): Promise<{ output: string; exitCode: number }[]> {
  const path = join(folder, 'page.sh');
  await writeFile(path, lines.join('\n'));
  const env = { NO_COLOR: '1', TMPDIR: temporary, PATH: `${home}${delimiter}${process.env['PATH'] ?? ''}` };
  const { all } = await execa('bash', [path], { cwd: folder, env, all: true, reject: false });
  const printed = all.matchAll(new RegExp(`(.*?)\n${mark}(\\d+)\n?`, 'gs'));
  return [...printed].map(([, output = '', exitCode]) => ({ output, exitCode: Number(exitCode) }));
}
