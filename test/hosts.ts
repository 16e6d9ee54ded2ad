import { execa, execaSync } from 'execa';

const ownProcesses = ['--pid', '--uts', '--mount', '--fork', '--mount-proc', '--kill-child'];
const asRoot = ['--user', '--map-root-user'];

/** Whether this machine may be divided: some allow no namespaces. */
export const canDivide = execaSync('unshare', [...asRoot, ...ownProcesses, 'true'], { reject: false }).exitCode === 0;

/** Whether the parts may also have networks of their own. */
export const canDivideNetwork =
  execaSync('unshare', [...asRoot, '--net', ...ownProcesses, 'ip', 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two'], {
    reject: false,
  }).exitCode === 0;

const named = (name: string, command: string[]): string[] => ['sh', '-c', `hostname ${name} && "$@"; exit $?`, 'sh', ...command];

/**
 * Runs a command on another machine that shares this one's folders and its network: it has a name and processes of its own. All of them
 * end when the result is killed.
 */
export function onHost(name: string, command: string[]) {
  return execa('unshare', [...asRoot, ...ownProcesses, ...named(name, command)], { reject: false });
}

/** Runs a script that may make networks and machines, none of which outlives it. */
export function inOwnNetwork(script: string, args: string[]) {
  return execa('unshare', [...asRoot, '--net', ...ownProcesses, process.execPath, script, ...args], { reject: false });
}

/** A network of this machine with others, which reach it at `address` and each other not at all. For a script `inOwnNetwork`. */
export async function networkOf(names: string[]) {
  const address = '10.77.0.1';
  const ip = (...args: string[]) => execa('ip', args);
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  await ip('link', 'set', 'lo', 'up');
  await ip('addr', 'add', `${address}/32`, 'dev', 'lo');
  for (const [index, name] of names.entries()) {
    const [ours, theirs] = [`10.77.${index + 1}.1`, `10.77.${index + 1}.2`];
    await ip('netns', 'add', name);
    await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('addr', 'add', `${ours}/24`, 'dev', name);
    await ip('link', 'set', name, 'up');
    await ip('-n', name, 'addr', 'add', `${theirs}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) await ip('-n', name, 'link', 'set', device, 'up');
    await ip('-n', name, 'route', 'add', 'default', 'via', ours);
  }
  /** Runs a command on one of them, whose processes all end when the result is killed. `without`: disks that it does not have. */
  const run = (name: string, command: string[], { cwd, without = [] }: { cwd: string; without?: string[] }) => {
    const alone = ['sh', '-c', `${without.map((disk) => `umount ${disk} && `).join('')}exec "$@"`, 'sh', ...command];
    return execa('nsenter', [`--net=/run/netns/${name}`, 'unshare', ...ownProcesses, ...named(name, alone)], { cwd, reject: false });
  };
  return { address, run };
}

/** Gives a folder a disk of its own. For a script `inOwnNetwork`. */
export async function mountDisk(folder: string): Promise<void> {
  await execa('mount', ['--mkdir', '-t', 'tmpfs', 'tmpfs', folder]);
}
