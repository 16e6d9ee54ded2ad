/**
 * `npm run bench -- trainer [memory | scoring | fifty-steps | steps [MODEL [MIX]] | gpu [toy]]`: the trainer beside TRL's RewardTrainer,
 * as ratios of memory, of processor seconds, of time and of operations, and the scorer beside padded batches. All have the same weights
 * and tokens; a case whose losses, gradients or scores are not equal is not compared, and fails the bench. `gpu`, which is run by its
 * name alone, measures a GPU. The peer comes from PyPI into a folder of its own, over the project's torch and transformers.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const peer = ['trl==1.16.0', 'accelerate==1.15.0', 'datasets==5.2.0', 'dill==0.4.1', 'multiprocess==0.70.19', 'xxhash==4.1.0'];
const further = ['pandas==3.1.1', 'python-dateutil==4.0.0', 'six==1.17.0', 'psutil==7.2.2', 'aiohttp==3.14.5'];

const home = join(import.meta.dirname, '..');
const python = join(home, '.setup', 'python', 'bin', 'python');
const folder = mkdtempSync(join(tmpdir(), 'codepmp-bench-'));
try {
  const target = ['--quiet', '--python', python, '--no-deps', '--target', folder];
  execFileSync(join(home, '.setup', 'uv', 'bin', 'uv'), ['pip', 'install', ...target, ...peer, ...further], { stdio: 'inherit' });
  const quiet = { HF_HUB_OFFLINE: '1', TQDM_DISABLE: '1' };
  const env = { ...process.env, ...quiet, PYTHONPATH: `${folder}:${join(home, 'trainer')}`, OMP_NUM_THREADS: '1' };
  const script = join(import.meta.dirname, 'trainer', 'cases.py');
  process.exitCode = spawnSync(python, ['-W', 'ignore', script, ...process.argv.slice(3)], { stdio: 'inherit', env }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
