import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

/** The network device that packets to an address leave by; null if none has the address they carry. */
export async function deviceTowards(address: string): Promise<string | null> {
  const own = await sourceAddress(address);
  const found = Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some((each) => each.address === own));
  return found?.[0] ?? null;
}

/** The address of this machine that packets to another one carry; null where no way leads there. Nothing is sent. */
export async function sourceAddress(address: string): Promise<string | null> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.connect(9, address);
    await once(socket, 'connect');
    return socket.address().address;
  } catch {
    return null;
  } finally {
    socket.close();
  }
}
