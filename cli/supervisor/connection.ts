import { Connection, type ConnectionOptions } from '@temporalio/client';

/**
 * Opens a connection to a Temporal server, and makes sure that it answers within `connectTimeout` milliseconds. A server on
 * this machine is called directly: the proxies of the environment cannot reach it.
 */
export async function openConnection(options: ConnectionOptions & { address: string; connectTimeout: number }): Promise<Connection> {
  const isHere = /^(127\.|localhost:|\[::1\]:)/.test(options.address);
  const channelArgs = isHere ? { ...options.channelArgs, 'grpc.enable_http_proxy': 0 } : options.channelArgs;
  return Connection.connect({ ...options, ...(channelArgs && { channelArgs }) });
}
