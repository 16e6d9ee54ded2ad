import { execa } from 'execa';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * A checkout with the real set-up scripts, where the programs that fetch (npm, uv) only note that they were called and
 * make what they would have made. `pause` holds the names of steps that hang until they are killed.
 */
export interface SetupRig extends AsyncDisposable {
  home: string;
  /** Environment in which the entry is started. */
  env: { [name: string]: string };
  /** Starts the entry; `path` replaces where programs are looked for. */
  start(options?: { args?: string[]; env?: { [name: string]: string }; as?: User }): ReturnType<typeof launch>;
  /** Programs called so far, in order. */
  calls(): Promise<string[]>;
  /** Makes a program hang, fail, or behave. */
  behave(program: 'npm' | 'uv', how: 'well' | 'hang' | 'fail'): Promise<void>;
}

/** Whom the entry is started by, if not by who runs the tests. */
interface User {
  uid?: number;
  gid?: number;
}

export async function setupRig(): Promise<SetupRig> {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-setup-'));
  const home = join(folder, 'home with spaces');
  const bin = join(folder, 'bin');
  await Promise.all(['setup', 'cli', 'trainer'].map((name) => mkdir(join(home, name), { recursive: true })));
  await cp(join(checkout, 'setup'), join(home, 'setup'), { recursive: true });
  for (const name of ['codepmp', 'package.json']) await cp(join(checkout, name), join(home, name));
  await writeFile(join(home, 'package-lock.json'), '{"packages": {}}\n');
  await writeFile(join(home, 'cli', 'main.ts'), "console.log('started', ...process.argv.slice(2));\n");
  await writeFile(join(home, 'trainer', 'convert.py'), 'import os, sys\nos.makedirs(sys.argv[sys.argv.index("--out") + 1])\n');
  await mkdir(bin);
  await writeFile(join(bin, 'npm'), stub('npm', folder, npm));
  await writeFile(join(bin, 'uv'), stub('uv', folder, uv));
  await Promise.all(['npm', 'uv'].map((name) => chmod(join(bin, name), 0o755)));
  const usual = { PATH: `${bin}:${dirname(process.execPath)}:${process.env['PATH']}` };
  return {
    home,
    env: usual,
    start: ({ args = [], env = {}, as = {} } = {}) => launch(join(home, 'codepmp'), args, { as, env: { ...usual, ...env } }),
    calls: async () => (await readFile(join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean),
    behave: (program, how) => writeFile(join(folder, `${program}.how`), how),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

function launch(program: string, args: string[], { env, as }: { env: { [name: string]: string }; as: User }) {
  return execa(program, args, { ...as, env, reject: false, detached: true, stdin: 'ignore' });
}

function stub(name: string, folder: string, work: string): string {
  return `#!/bin/sh
[ "$1" = --version ] && { echo "${name} 0.13.9"; exit 0; }
echo "${name} $1" >>"${folder}/calls"
how=$(cat "${folder}/${name}.how" 2>/dev/null)
[ "$how" = fail ] && { echo "${name}: the network is down" >&2; exit 1; }
[ "$how" = hang ] && sleep 1000
${work}
`;
}

const npm = 'mkdir -p node_modules && touch node_modules/.package-lock.json';

const uv = `case $1 in
  venv) mkdir -p .setup/python/bin && printf '#!/bin/sh\\nexec python3 "$@"\\n' >.setup/python/bin/python && chmod +x .setup/python/bin/python ;;
esac`;
