import { Option, type Command } from 'commander';
import { extname } from 'node:path';
import { openContext, withCommonOptions, type CommonOptions } from '../context.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { dotOf } from '../graph/dot.ts';
import { mermaidOf } from '../graph/mermaid.ts';
import { drawingOf, type Drawing } from '../graph/model.ts';
import { svgOf } from '../graph/svg.ts';
import { writeOut } from '../terminal/out-file.ts';
import { withPipelineOptions, type PipelineOptions } from '../pipeline/options.ts';
import { openSide, type Side } from '../compare/side.ts';
import { count } from '../terminal/text.ts';

const formats = ['svg', 'mermaid', 'dot'] as const;
type DrawingFormat = (typeof formats)[number];

interface GraphOptions extends CommonOptions, PipelineOptions {
  format?: DrawingFormat;
  out?: string;
  collapse?: boolean;
  nodes?: boolean;
}

/** A plan with more nodes is drawn with one box per step: nobody reads that many boxes. */
const mostNodes = 60;

/** Laying out more takes minutes, and no text would be readable on a page that holds them all. */
const mostBoxes = 600;

export function define(command: Command): void {
  withPipelineOptions(withCommonOptions(command))
    .argument('<run or file>', 'a run, or a pipeline file')
    .addOption(new Option('--format <format>', "svg, mermaid or dot (default: by the ending of --out, else svg)").choices(formats))
    .option('--out <file>', 'write into a file instead of standard output')
    .option('--collapse', `one box per step (default above ${mostNodes} nodes)`)
    .option('--nodes', 'one box per node, however many there are')
    .action(graph);
}

async function graph(name: string, options: GraphOptions): Promise<void> {
  const context = openContext(options, name);
  const { output } = context;
  const format = formatOf(options);
  if (format === 'svg' && options.out === undefined && !output.json && process.stdout.isTTY)
    throw new CommandFailure(
      'an SVG cannot be shown in a terminal. Write it to a file with --out graph.svg, or use --format mermaid',
      exit.usage,
    );
  const side = await openSide(context, name, options);
  const drawing = drawingFor(side, options);
  if (output.json)
    return output.emit({
      format: 1,
      ...drawing,
      boxes: drawing.boxes.map((box) => ({ ...box, states: box.states && Object.fromEntries(box.states) })),
    });
  const text = await drawingText(drawing, format);
  if (options.out === undefined) return void process.stdout.write(text);
  writeOut(context, { out: options.out, text, what: 'picture', sources: side.kind === 'file' ? side.sources : [] });
  const [what, note] = drawing.isCollapsed ? ['step', ', each with the number of its nodes (--nodes draws them all)'] : ['node', ''];
  output.talk(`${options.out}: ${count(drawing.boxes.length, what)}${note}`);
}

function drawingFor(side: Side, { collapse = false, nodes = false }: GraphOptions): Drawing {
  const { plan } = side.view;
  const isCollapsed = collapse || (!nodes && plan.nodes.length > mostNodes);
  return drawingOf(plan, { collapse: isCollapsed, stateOf: side.kind === 'run' ? side.view.stateOf : undefined });
}

async function drawingText(drawing: Drawing, format: DrawingFormat): Promise<string> {
  if (format === 'dot') return dotOf(drawing);
  if (format === 'mermaid') return mermaidOf(drawing);
  if (drawing.boxes.length <= mostBoxes) return svgOf(drawing);
  throw new CommandFailure(
    `${count(drawing.boxes.length, 'node')} are too many for a picture, expected at most ${mostBoxes}. Omit --nodes, or use --format dot`,
  );
}

const endings = new Map<string, DrawingFormat>([
  ['.svg', 'svg'],
  ['.mmd', 'mermaid'],
  ['.mermaid', 'mermaid'],
  ['.md', 'mermaid'],
  ['.dot', 'dot'],
  ['.gv', 'dot'],
]);

function formatOf({ format, out }: GraphOptions): DrawingFormat {
  const named = format ?? (out === undefined ? 'svg' : endings.get(extname(out).toLowerCase()));
  if (named) return named;
  throw new CommandFailure(
    `--out ${out}: cannot tell the format from this name. Expected one of the endings ${[...endings.keys()].join(', ')}, or --format`,
    exit.usage,
  );
}
