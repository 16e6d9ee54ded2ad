import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Digest, Json, JsonObject } from './json.ts';
import type { PlanNode } from './plan.ts';

/** Canonical JSON (RFC 8785). */
export function canonicalText(value: Json): string {
  return canonicalize(value) ?? '';
}

/** Canonical JSON (RFC 8785) as UTF-8. */
export function canonicalBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalText(value));
}

/** SHA-256 of bytes, lower-case hex. */
export function digestOf(bytes: Uint8Array): Digest {
  return hash('sha256', bytes);
}

/** SHA-256 of the canonical JSON of a value. */
export function hashOf(value: Json): Digest {
  return hash('sha256', canonicalText(value));
}

/** SHA-256 of JSON with the keys in the order that they have, several times as fast. If they are sorted, it is that of canonical JSON. */
export function hashInOrder(value: Json): Digest {
  return hash('sha256', JSON.stringify(value));
}

/**
 * The parts of a node that decide its result, its inputs aside: kind, version, settings, the models it calls, the resources it reads
 * and the views it shows; not where it runs, its id or its place in the file.
 */
export function nodeParts(node: Pick<PlanNode, 'kind' | 'version' | 'settings' | 'models' | 'resources' | 'views'>): JsonObject {
  const models: JsonObject = {};
  for (const [role, { identity, sampling, accept, stop }] of Object.entries(node.models))
    models[role] = { identity, sampling, accept, stop };
  const resources: JsonObject = {};
  for (const [setting, { name, identity }] of Object.entries(node.resources)) resources[setting] = identity ?? name;
  const views = node.views && { views: node.views as unknown as Json };
  return { kind: node.kind, version: node.version, settings: node.settings, models, resources, ...views };
}

/** Plan key P: the parts and the plan keys of the inputs (`<key>#<output>`). Equal P means one node. */
export function planKey(parts: JsonObject, inputs: { [name: string]: string[] }): Digest {
  return hashOf({ parts, inputs });
}

/** The same plan key from canonical parts, so that parts shared by many nodes are serialized only once. */
export function planKeyOf(parts: string, inputs: { [name: string]: string[] }): Digest {
  const names = Object.keys(inputs).sort();
  const refs = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(inputs[name])}`);
  return hash('sha256', `{"inputs":{${refs.join(',')}},"parts":${parts}}`);
}

/** Hash of what a plan will do, regardless of the order and the names of its steps: of its nodes' keys. */
export function planHash({ nodes }: { nodes: { key: Digest }[] }): Digest {
  return hashOf(nodes.map(({ key }) => key).sort());
}

/** Result key K: the parts and the content digests of the inputs, known once these are complete. */
export function resultKey(parts: JsonObject, inputs: { [name: string]: Digest[] }): Digest {
  return hashOf({ parts, inputs });
}
