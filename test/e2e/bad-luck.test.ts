import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, project } from './rig.ts';

const fixture = join(import.meta.dirname, 'fixtures', 'disk-full.ts');

/** Whether this kernel lets us mount a small file system of our own. */
const canMount = await execa('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt'], { reject: false }).then(
  ({ exitCode }) => exitCode === 0,
);

describe('a file with mistakes', () => {
  it('names every one of them with its place and starts nothing', async () => {
    const text = generation({ take: 4 }).replace('take: 4', 'tak: 4').replace('prompts: half', 'prompts: hal').concat('name: twice\n');
    await using user = await project({
      'pairs.yaml': text,
      'codepmp.config.yaml': config({ endpoints: { fast: 'http://127.0.0.1:1/v1' } }),
    });
    const { exitCode, stderr, stdout } = await user.codepmp('run', 'pairs.yaml');
    expect(exitCode).toBe(1);
    const said = stdout + stderr;
    expect(said).toMatch(/pairs\.yaml:7:\d+: error\[E\d+\].*tak/);
    expect(said).toContain('did you mean take');
    expect(said).toMatch(/pairs\.yaml:11:\d+: error\[E\d+\].*hal/);
    expect(said).toMatch(/pairs\.yaml:13:1: error\[E0105\].*name/);
  });
});

describe('a run', () => {
  it('whose endpoint nobody answers at says which one, where, and what to do', async () => {
    await using user = await project({
      'codepmp.config.yaml': config({ endpoints: { fast: `http://127.0.0.1:${await closedPort()}/v1` }, outage: 1 }),
      'pairs.yaml': generation({ take: 4 }),
      ...modules(4),
    });
    const { exitCode, stderr } = await user.codepmp('run', 'pairs.yaml');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/fast.*127\.0\.0\.1:\d+/s);
    expect(stderr).toMatch(/codepmp resume generation-/);
  });

  it('whose model file is not there names the file', async () => {
    const identity = createHash('sha256').update('gone').digest('hex');
    await using user = await project({
      'codepmp.config.yaml': [
        'codepmp_config: 1',
        'sources: {modules: {path: modules}}',
        'weights: {gone: {path: gone.gguf}}',
        `endpoints: {fast: {serve: {weights: gone}, model: gone, identity: "sha256:${identity}"}}`,
        '',
      ].join('\n'),
      'pairs.yaml': generation({ take: 4 }),
      ...modules(4),
    });
    const { exitCode, stderr } = await user.codepmp('run', 'pairs.yaml');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('gone.gguf');
    expect(stderr).toContain('codepmp.config.yaml');
  });

  it.skipIf(!canMount)('on a full disk says so, and goes on with all that was paid for once there is space', async () => {
    using endpoint = await fastEndpoint({ delay: 30 });
    const folder = (await execa('mktemp', ['-d'])).stdout;
    const inside = `mount -t tmpfs -o size=160m tmpfs "$1" && exec "$2" "$3" "$1" "$4"`;
    const { stdout, stderr } = await execa(
      'unshare',
      ['-Urm', 'sh', '-c', inside, 'sh', folder, process.execPath, fixture, `${endpoint.port}`],
      { reject: false },
    );
    if (!stdout.includes('{')) throw new Error(`the fixture said nothing:\n${stderr}`);
    const said = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { failed: string; status: string; requests: number; again: number };
    expect(said.failed).toMatch(/disk full at \S+\.codepmp: [\d.]+ MiB free/);
    expect(said.failed).toContain('codepmp resume');
    expect(said).toMatchObject({ status: 'succeeded', requests: 900 });
    expect(said.again).toBeLessThanOrEqual(16);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
