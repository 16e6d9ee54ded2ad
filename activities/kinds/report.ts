import type { StepKind } from './kind.ts';

/** Renders the report of finished steps: the files of `report/` as an artifact. */
export const report: StepKind<'report'> = {
  shape: 'step',
  async work({ artifacts, store, reports }, { node, unit, started }) {
    const title = node.settings.title ?? unit.pipeline;
    const input = await reports.gather({ artifacts, store }, { unit, node, title, created: new Date(started).toISOString() });
    const { files } = await reports.render(input);
    const shards = await Promise.all(
      files.map(async ({ name, content }) => {
        const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
        return { digest: await store.putBytes(bytes), rows: 1, bytes: bytes.length, name };
      }),
    );
    return { out: await artifacts.writeManifest({ type: 'report', rows: shards.length, shards, meta: {} }) };
  },
};
