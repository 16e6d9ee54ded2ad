import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** True when nobody listens on this port of 127.0.0.1. */
export async function isFreePort(port: number): Promise<boolean> {
  return (await listenOn(port)) !== null;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const port = await listenOn(0);
  if (port === null) throw new Error('no port is free on 127.0.0.1');
  return port;
}

async function listenOn(port: number): Promise<number | null> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch {
    return null;
  }
  const found = (probe.address() as AddressInfo).port;
  probe.close();
  await once(probe, 'close');
  return found;
}
