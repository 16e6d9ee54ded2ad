import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { join } from 'node:path';

/** Prints the workflows as one script. */
const workflowsPath = join(import.meta.dirname, '..', 'workflows', 'index.ts');
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
process.stdout.write(code);
