import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

let own: string | null = null;

/**
 * Where process ids mean what they mean to this process: `<digest of the boot and the namespace of process ids>@<name of the host>`. The
 * same number on another machine, in another container or before a restart is another process.
 */
export function thisMachine(): string {
  const digest = () => createHash('sha256').update(`${bootId()} ${namespace()}`).digest('hex').slice(0, 12);
  return (own ??= `${digest()}@${hostname().replaceAll(/[^\w.-]/g, '_')}`);
}

/** The name of a machine's host, for messages. */
export function hostOf(machine: string): string {
  return machine.slice(machine.indexOf('@') + 1);
}

/** What differs between two machines and after each start of one; the host's name where the system has nothing better. */
function bootId(): string {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' });
  } catch {
    return hostname();
  }
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
