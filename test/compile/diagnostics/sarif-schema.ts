/**
 * The part of the schema of SARIF 2.1.0 (OASIS, sarif-schema-2.1.0.json) that our logs use, with its constraints; what it
 * leaves out is not allowed here.
 */
const text = { type: 'string', minLength: 1 };

const message = { type: 'object', additionalProperties: false, required: ['text'], properties: { text } };

const multiformat = { ...message, properties: { text, markdown: text } };

const position = { type: 'integer', minimum: 1 };

const physicalLocation = {
  type: 'object',
  additionalProperties: false,
  required: ['artifactLocation', 'region'],
  properties: {
    artifactLocation: {
      type: 'object',
      additionalProperties: false,
      required: ['uri'],
      properties: { uri: { type: 'string', pattern: "^[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+$" } },
    },
    region: {
      type: 'object',
      additionalProperties: false,
      required: ['startLine', 'startColumn'],
      properties: { startLine: position, startColumn: position, endLine: position, endColumn: position },
    },
  },
};

const location = {
  type: 'object',
  additionalProperties: false,
  required: ['physicalLocation'],
  properties: { id: { type: 'integer', minimum: -1 }, message, physicalLocation },
};

const result = {
  type: 'object',
  additionalProperties: false,
  required: ['message', 'ruleId', 'locations'],
  properties: {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: -1 },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    message,
    locations: { type: 'array', items: location },
    relatedLocations: { type: 'array', uniqueItems: true, items: location },
  },
};

const rule = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: text, shortDescription: multiformat, help: multiformat },
};

const run = {
  type: 'object',
  additionalProperties: false,
  required: ['tool', 'results'],
  properties: {
    tool: {
      type: 'object',
      additionalProperties: false,
      required: ['driver'],
      properties: {
        driver: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: { name: text, version: text, rules: { type: 'array', uniqueItems: true, items: rule } },
        },
      },
    },
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    results: { type: 'array', items: result },
  },
};

export const sarifSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'runs'],
  properties: { $schema: { type: 'string', format: 'uri' }, version: { enum: ['2.1.0'] }, runs: { type: 'array', minItems: 0, items: run } },
};
