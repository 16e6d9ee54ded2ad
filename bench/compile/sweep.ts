/** Plans one large sweep and prints what it took as JSON; a process of its own, so that the memory is that of planning. */
import { compile } from '../../compile/index.ts';
import { benchConfig, largeSweep } from './inputs.ts';

const source = largeSweep(process.argv[2] === 'unshared' ? 'unshared' : 'shared');
const start = performance.now();
const { plan, rendered } = compile({ source, file: 'sweep.yaml', config: benchConfig() });
if (!plan) throw new Error(rendered.join('\n\n'));
const milliseconds = performance.now() - start;
const steps = plan.cells.reduce((sum, { nodes }) => sum + Object.keys(nodes).length, 0);
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ cells: plan.cells.length, steps, nodes: plan.nodes.length, milliseconds, megabytes }));
