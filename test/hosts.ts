import { execa, execaSync } from 'execa';

const namespaces = ['--user', '--map-root-user', '--pid', '--uts', '--mount', '--fork', '--mount-proc', '--kill-child'];

/** Whether this machine may be divided: some allow no namespaces. */
export const canDivide = execaSync('unshare', [...namespaces, 'true'], { reject: false }).exitCode === 0;

/**
 * Runs a command on another machine that shares this one's folders: it has a name and processes of its own. All of them end when
 * the result is killed.
 */
export function onHost(name: string, command: string[]) {
  return execa('unshare', [...namespaces, 'sh', '-c', `hostname ${name} && "$@"; exit $?`, 'sh', ...command], { reject: false });
}
