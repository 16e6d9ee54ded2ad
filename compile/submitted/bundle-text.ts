import { Document, isCollection, isScalar, visit } from 'yaml';
import type { Json } from '../../plan/index.ts';

/** The most columns of a mapping or list on one line. */
const width = 110;

/** A value as the text of a pipeline file: a blank line between sections, and what fits a line on one line. */
export function toYaml(value: { [section: string]: Json }): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node, { length: depth }) => {
      if (depth > 3 && JSON.stringify(node).length <= width) node.flow = true;
    },
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && !isPlain.test(node.value)) node.type = 'QUOTE_DOUBLE';
      if (typeof node.value === 'number' && node.value !== 0 && Math.abs(node.value) < 1e-3) node.format = 'EXP';
    },
    Pair: (_, { key, value: section }, { length: depth }) => {
      if (depth === 2 && isScalar(key) && isCollection(section) && section.items.length > 0) key.spaceBefore = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Text that cannot be read as anything else; all other text is quoted. */
const isPlain = /^(?!(true|false|null|yes|no|on|off)$)[A-Za-z_$/][\w$./@+-]*( [A-Za-z(][\w$./@+()-]*)*$/i;
