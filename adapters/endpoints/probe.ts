import type { Credentials } from './credentials.ts';
import { readFailure } from './failure.ts';
import { pageTitle } from './refusal.ts';

/** The result of asking an endpoint for its models: a reply, which may be a web page, or why there was none. */
type Probe = { status: number; page: string | null } | { failure: string };

const patience = 5000;

/** Asks an endpoint for its models over the same kind of connection as its calls. */
export async function probeEndpoint(options: { name: string; url: string; headers: Credentials['headers'] }): Promise<Probe> {
  const { connect } = await import('./connection.ts');
  const { headers, ...server } = options;
  const connection = connect(server);
  try {
    const { status, text } = await connection.send('/models', { headers, signal: AbortSignal.timeout(patience) });
    return { status, page: pageTitle(text) };
  } catch (error) {
    return { failure: readFailure(error).what };
  } finally {
    await connection.close();
  }
}
