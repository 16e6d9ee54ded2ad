import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { isShareable, isShareableBy } from '../../../adapters/store/nfs.ts';

const more = 'relatime,vers=4.2,rsize=1048576,wsize=1048576,namlen=255,hard,proto=tcp,timeo=600,retrans=2,sec=sys';

it.each([
  ['with the usual options', `rw,${more}`, false],
  ['that asks the server for names that are not there', `rw,${more},lookupcache=pos`, true],
  ['that asks for all names', `rw,${more},lookupcache=none`, true],
  ['that keeps no attributes', `rw,sync,${more},noac`, true],
  ['that does not ask when it opens a file', `rw,${more},lookupcache=pos,nocto`, false],
])('a mount of NFS %s: may be shared or not', (_, options, isAllowed) => {
  const mounts = `/dev/vda / ext4 rw,relatime 0 0\nfiles:/home /home nfs4 ${options} 0 0\ntmpfs /home/local tmpfs rw 0 0\n`;
  expect(isShareableBy(mounts, '/home')).toBe(isAllowed);
  expect(isShareableBy(mounts, '/home/lab/.codepmp')).toBe(isAllowed);
  expect(isShareableBy(mounts, '/home/local/.codepmp')).toBe(true);
  expect(isShareableBy(mounts, '/homes/.codepmp')).toBe(true);
});

it('a folder of this machine may be shared', async () => {
  expect(await isShareable(tmpdir())).toBe(true);
});
