export { screenCells, columnsOf, fit, padded, columnTable, wrap } from './columns.ts';
export { fixed, signed } from './numbers.ts';
export { cleanLine, escapedXml, plainLine, plainText } from './plain.ts';
