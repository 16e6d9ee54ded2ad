import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('.', import.meta.url));
const setup = fileURLToPath(new URL('../../../.setup', import.meta.url));
const files = ['requirements.txt', 'alone.txt'].map((name) => join(own, name));

/** The Python that has the third-party packages that tests compare with, installed at their locked versions the first time it is asked for. */
export async function referencePython(): Promise<string> {
  const folder = join(setup, 'reference');
  const python = join(folder, 'bin', 'python');
  const stamp = createHash('sha256').update([folder, ...files.map((file) => readFileSync(file, 'utf8'))].join('\n')).digest('hex');
  const noted = join(folder, 'stamp');
  if (existsSync(noted) && readFileSync(noted, 'utf8') === stamp) return python;
  rmSync(folder, { recursive: true, force: true });
  const certificates = existsSync('/etc/ssl/certs/ca-certificates.crt') ? { UV_SYSTEM_CERTS: process.env['UV_SYSTEM_CERTS'] ?? 'true' } : {};
  const uv = (...argv: string[]) => execa(join(setup, 'uv', 'bin', 'uv'), argv, { env: { UV_PYTHON_DOWNLOADS: 'never', ...certificates } });
  await uv('venv', '--no-project', '--python', join(setup, 'python', 'bin', 'python'), folder);
  await uv('pip', 'install', '--python', python, '--require-hashes', '--no-deps', ...files.flatMap((file) => ['-r', file]));
  writeFileSync(noted, stamp);
  return python;
}

/** What the third-party functions make of these cases, by the name of the function. */
export async function reference<R>(cases: { [name: string]: unknown }): Promise<R> {
  const { stdout } = await execa(await referencePython(), [join(own, 'reference.py')], { input: JSON.stringify(cases) });
  return JSON.parse(stdout) as R;
}
