import { Option } from 'commander';
import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { openContext, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { CommandFailure, exit } from '../failure.ts';
import { dotOf } from '../graph-dot.ts';
import { mermaidOf } from '../graph-mermaid.ts';
import { drawingOf } from '../graph-model.ts';
import type { Drawing } from '../graph-model.ts';
import { svgOf } from '../graph-svg.ts';
import { withPipelineOptions } from '../pipeline-options.ts';
import type { PipelineOptions } from '../pipeline-options.ts';
import { openSide } from '../side.ts';
import type { Side } from '../side.ts';
import { count } from '../words.ts';

const formats = ['svg', 'mermaid', 'dot'] as const;
type Format = (typeof formats)[number];

interface GraphOptions extends CommonOptions, PipelineOptions {
  format?: Format;
  out?: string;
  collapse?: boolean;
  nodes?: boolean;
}

/** A plan with more nodes is drawn with one box for each step: nobody reads so many boxes. */
const mostNodes = 60;

/** Laying out more takes minutes, and a page that holds them all has no letter one could read. */
const mostBoxes = 600;

export function define(command: Command): void {
  withPipelineOptions(withCommonOptions(command))
    .argument('<run or file>', 'a run, or the file of a pipeline')
    .addOption(new Option('--format <format>', "svg, mermaid or dot (default: what the file's name ends with, else svg)").choices(formats))
    .option('--out <file>', 'write into a file instead of standard output')
    .option('--collapse', `one box for each step (default above ${mostNodes} nodes)`)
    .option('--nodes', 'one box for each node, however many there are')
    .action(graph);
}

async function graph(name: string, options: GraphOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const format = formatOf(options);
  if (format === 'svg' && options.out === undefined && !output.json && process.stdout.isTTY)
    throw new CommandFailure('an SVG is nothing to read in a terminal. Write it into a file: --out graph.svg, or ask for --format mermaid', exit.usage);
  const drawing = drawingFor(await openSide(context, name, options), options);
  if (output.json) return output.emit({ format: 1, ...drawing, boxes: drawing.boxes.map((box) => ({ ...box, states: box.states && Object.fromEntries(box.states) })) });
  const text = await drawn(drawing, format);
  if (options.out === undefined) return void process.stdout.write(text);
  await write(options.out, text);
  output.talk(`${options.out}: ${count(drawing.boxes.length, drawing.isCollapsed ? 'step' : 'node')}${drawing.isCollapsed ? ', each with the number of its nodes (--nodes draws them all)' : ''}`);
}

function drawingFor(side: Side, { collapse = false, nodes = false }: GraphOptions): Drawing {
  const { plan } = side.view;
  const isCollapsed = collapse || (!nodes && plan.nodes.length > mostNodes);
  const states = side.kind === 'run' ? { stateOf: (id: string) => side.view.unitOf(id)?.state ?? ('waiting' as const) } : {};
  return drawingOf(plan, { collapse: isCollapsed, ...states });
}

async function drawn(drawing: Drawing, format: Format): Promise<string> {
  if (format === 'dot') return dotOf(drawing);
  if (format === 'mermaid') return mermaidOf(drawing);
  if (drawing.boxes.length <= mostBoxes) return svgOf(drawing);
  throw new CommandFailure(`${count(drawing.boxes.length, 'node')} are too many for a picture, expected at most ${mostBoxes}. Leave --nodes out, or take --format dot`);
}

function formatOf({ format, out = '' }: GraphOptions): Format {
  if (format) return format;
  if (/\.(mmd|mermaid|md)$/.test(out)) return 'mermaid';
  return /\.(dot|gv)$/.test(out) ? 'dot' : 'svg';
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: Error) => {
    throw new CommandFailure(`${path} can not be written: ${error.message}`);
  });
}
