import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { hear, sayTo } from '../../../adapters/launchers/gang/protocol.ts';

it('a line that one side has closed is still heard on, whatever that side goes on to say', async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  near.on('error', () => undefined);
  const [far] = (await once(server, 'connection')) as [Socket];
  far.resume();
  const heard: unknown[] = [];
  const over = new Promise<void>((resolve) => hear(near, { take: (message) => heard.push(message), end: resolve }));
  near.end();
  sayTo(near, { say: 'beat' });
  await once(far, 'end');
  sayTo(far, { rank: 0, node: 'n1', said: 'ended', exit: 137 });
  far.end();
  await over;
  expect(heard).toEqual([{ rank: 0, node: 'n1', said: 'ended', exit: 137 }]);
});
