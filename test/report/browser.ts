import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { inflate } from '@sparticuz/chromium';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

/**
 * Starts the Chromium that the npm package carries, with its own copies of the libraries and fonts that a bare machine
 * lacks; nothing is installed. It is unpacked once (about 2 s) into `node_modules/.cache`. Close it when done.
 */
export async function launchBrowser(): Promise<Browser> {
  const folder = await unpacked();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--disable-dev-shm-usage'],
    env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  });
}

/** Unpacks into a folder of its own and renames it when whole, so that test files running side by side do not meet half a file. */
async function unpacked(): Promise<string> {
  const { packages, version } = await installed();
  const cache = join(packages, '.cache');
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, 'chromium-'));
  const kept = process.env['TMPDIR'];
  process.env['TMPDIR'] = fresh;
  try {
    const bin = join(packages, '@sparticuz', 'chromium', 'bin');
    await Promise.all(['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) => inflate(join(bin, name))));
  } finally {
    if (kept === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = kept;
  }
  await writeFile(join(fresh, 'fonts.conf'), fontsConfiguration(folder));
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  return folder;
}

async function installed(): Promise<{ packages: string; version: string }> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const root = resolve(dirname(entry), '..');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { packages: resolve(root, '..', '..'), version };
}

function fontsConfiguration(folder: string): string {
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>\n`;
}
