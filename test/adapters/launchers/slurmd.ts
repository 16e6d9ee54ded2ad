import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

/** Where Debian keeps daemons, which not every user has in PATH. */
const daemonPath = (name: string): string => `/usr/sbin/${name}`;

/** Whether this machine has all of Slurm, and we may start it: its daemons want to be root. */
export const hasSlurm =
  process.platform === 'linux' && process.getuid?.() === 0 && ['slurmctld', 'slurmd', 'munged'].every((name) => existsSync(daemonPath(name)));

type DaemonName = 'munged' | 'slurmctld' | 'n1' | 'n2';

export interface SlurmNodes {
  /** Value of SLURM_CONF. */
  config: string;
  /** Ends a daemon, which keeps what it knows unless it is killed; one that takes longer than 10 s is. */
  end(name: DaemonName, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  start(name: DaemonName): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a controller and two nodes on loopback addresses, with an authentication of their own. */
export async function startSlurmNodes(): Promise<SlurmNodes> {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-slurm-'));
  chmodSync(folder, 0o755);
  const munge = join(folder, 'munge');
  for (const name of ['ctld', 'n1', 'n2', 'log', 'munge']) mkdirSync(join(folder, name));
  const { stdout: ids } = await execa('sh', ['-c', 'id -u munge; id -g munge']);
  const [uid = 0, gid = 0] = ids.split('\n').map(Number);
  writeFileSync(join(munge, 'key'), randomBytes(128), { mode: 0o400 });
  for (const path of [munge, join(munge, 'key')]) chownSync(path, uid, gid);
  const config = join(folder, 'slurm.conf');
  writeFileSync(config, await configuration(folder));
  const daemons = new Map<DaemonName, ChildProcess>();
  const start = async (name: DaemonName): Promise<void> => {
    const log = openSync(join(folder, 'log', `${name}.out`), 'a');
    const [daemon = '', ...args] = commandOf(name, { config, munge });
    const identity = name === 'munged' ? { uid, gid } : {};
    const child = spawn(daemonPath(daemon), args, { stdio: ['ignore', log, log], env: { ...process.env, SLURM_CONF: config }, ...identity });
    daemons.set(name, child);
    for (let tries = 0; name === 'munged' && tries < 500 && !existsSync(join(munge, 'socket')); tries++) await delay(20);
  };
  const end = async (name: DaemonName, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    const child = daemons.get(name);
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    if (child.kill(signal)) await once(child, 'exit');
    clearTimeout(patience);
  };
  for (const name of ['munged', 'slurmctld', 'n1', 'n2'] as const) await start(name);
  await idle(config);
  return {
    config,
    end,
    start,
    async stop() {
      for (const name of ['n1', 'n2', 'slurmctld', 'munged'] as const) await end(name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until both nodes are idle. */
export async function idle(config: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++, await delay(100)) {
    const { stdout } = await execa('sinfo', ['-h', '-N', '-t', 'idle'], { env: { SLURM_CONF: config }, reject: false });
    if (new Set(stdout.match(/^n[12]\b/gm)).size === 2) return;
  }
  throw new Error('the nodes of Slurm are not idle within half a minute');
}

function commandOf(name: DaemonName, { config, munge }: { config: string; munge: string }): string[] {
  const file = (kind: string): string => `--${kind}=${join(munge, kind.replace('-file', ''))}`;
  if (name === 'munged') return ['munged', '--foreground', ...['key-file', 'socket', 'pid-file', 'log-file', 'seed-file'].map(file)];
  return name === 'slurmctld' ? ['slurmctld', '-D', '-f', config] : ['slurmd', '-D', '-N', name, '-f', config];
}

async function configuration(folder: string): Promise<string> {
  const [controller, first, second] = await Promise.all([freePort(), freePort(), freePort()]);
  const node = (name: string, { address, port }: { address: string; port: number }): string =>
    `NodeName=${name} NodeHostname=${hostname()} NodeAddr=${address} Port=${port} CPUs=1 RealMemory=1000 State=UNKNOWN`;
  return `ClusterName=codepmp
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${join(folder, 'munge', 'socket')}
CredType=cred/munge
StateSaveLocation=${join(folder, 'ctld')}
SlurmdSpoolDir=${join(folder, '%n')}
SlurmctldPidFile=${join(folder, 'ctld.pid')}
SlurmdPidFile=${join(folder, '%n.pid')}
SlurmctldLogFile=${join(folder, 'log', 'ctld.log')}
SlurmdLogFile=${join(folder, 'log', '%n.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0
ReturnToService=1
SlurmdTimeout=10
SlurmctldTimeout=5
InactiveLimit=0
MinJobAge=300
KillWait=3
UnkillableStepTimeout=10
MessageTimeout=5
${node('n1', { address: '127.0.0.2', port: first })}
${node('n2', { address: '127.0.0.3', port: second })}
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
PartitionName=urgent Nodes=n1,n2 PriorityTier=2 MaxTime=INFINITE State=UP
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
