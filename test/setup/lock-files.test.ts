import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from './rig.ts';

const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');

interface NpmLock {
  packages: {
    [place: string]: { version?: string; resolved?: string; integrity?: string; optional?: boolean; optionalDependencies?: object };
  };
}

describe.each(['package-lock.json', 'setup/node/package-lock.json'])('%s', (path) => {
  const lock = JSON.parse(read(path)) as NpmLock;

  it('names no host a package comes from', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('has every prebuilt package that another one offers for some platform', () => {
    const offered = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    expect(offered.filter((name) => !lock.packages[`node_modules/${name}`]?.version)).toEqual([]);
  });

  it('has a hash for every package that every platform needs', () => {
    const unhashed = Object.entries(lock.packages).filter(([place, { integrity, optional }]) => place !== '' && !integrity && !optional);
    expect(unhashed).toEqual([]);
  });
});

describe.each(['setup/requirements.txt', 'setup/uv.txt'])('%s', (path) => {
  it('names no host', () => {
    expect(read(path)).not.toMatch(/:\/\/|--(?:extra-)?index-url|--find-links|--trusted-host/);
  });

  it('has a hash for every package', () => {
    const entries = read(path).split(/\n(?=\S)/).filter((entry) => /^[\w.-]+(?:\[[^\]]*\])?==/.test(entry));
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter((entry) => !entry.includes('--hash=sha256:'))).toEqual([]);
  });
});
