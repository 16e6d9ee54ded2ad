import { readFailure } from './failure.ts';
import { pageTitle } from './refusal.ts';

/** What came of asking an endpoint for its models: a reply, which may be a web page, or what went wrong before there was one. */
type Probe = { status: number; page: string | null } | { failure: string };

const patience = 5000;

/** Asks an endpoint for its models over the connection that its calls take. */
export async function probeEndpoint(options: { name: string; url: string; key?: string | undefined }): Promise<Probe> {
  const { connect } = await import('./connection.ts');
  const connection = connect(options);
  try {
    const { status, text } = await connection.send('/models', { signal: AbortSignal.timeout(patience) });
    return { status, page: pageTitle(text) };
  } catch (error) {
    return { failure: readFailure(error).what };
  } finally {
    await connection.close();
  }
}
