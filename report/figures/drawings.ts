import type { FigurePanel, ReportDocument, ReportFigure } from '../../schemas/index.ts';
import { createPen } from './draw.ts';
import { panelSpec } from './panel.ts';

/** One panel as SVG; `narrow` is the same for a phone, where the wide one would be too small to read. */
export interface PanelDrawing {
  panel: FigurePanel;
  wide: string;
  narrow: string | null;
}

/** The drawings of a report by the ids of its figures. */
export type Drawings = ReadonlyMap<string, readonly PanelDrawing[]>;

/** Draws every figure of a report. */
export async function drawFigures({ sections }: Pick<ReportDocument, 'sections'>): Promise<Drawings> {
  const figures = sections.flatMap(({ blocks }) => blocks.filter((block) => block.block === 'figure'));
  if (figures.length === 0) return new Map();
  const pen = await createPen();
  const drawings = new Map<string, PanelDrawing[]>();
  for (const { id, panels } of figures) {
    const drawn: PanelDrawing[] = [];
    for (const panel of panels) drawn.push(await drawPanel(pen, panel, panels.length));
    drawings.set(id, drawn);
  }
  return drawings;
}

async function drawPanel(pen: Awaited<ReturnType<typeof createPen>>, panel: FigurePanel, of: number): Promise<PanelDrawing> {
  if (of > 1) return { panel, wide: await pen(panelSpec(panel, { width: 262, height: 190 })), narrow: null };
  const wide = await pen(panelSpec(panel, { width: 560, height: 300 }));
  return { panel, wide, narrow: await pen(panelSpec(panel, { width: 252, height: 220 })) };
}

/** The lines that a reader has to tell apart: once for the figure, or for each panel where its lines share looks. */
export function legendsOf({ panels }: Pick<ReportFigure, 'panels'>): { whole: FigurePanel['series'] } | { whole: null } {
  const looks = new Map<string, string>();
  const whole = new Map<string, FigurePanel['series'][number]>();
  for (const line of panels.flatMap(({ series }) => series)) {
    const look = `${line.role} ${line.style}`;
    if ((looks.get(look) ?? line.label) !== line.label) return { whole: null };
    looks.set(look, line.label);
    whole.set(`${look} ${line.label}`, line);
  }
  return { whole: [...whole.values()] };
}
