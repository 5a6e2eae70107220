// Evaluates FHIRPath expressions with fhirpath.js and says how long it took.
// usage: node run.mjs FOLDER PASSES    FOLDER holds resources.ndjson and expressions.json, an array of expressions for each resource type.
// Prints one JSON object: version, the expressions that it cannot evaluate, the number of values of each other one, seconds of each pass.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';

const [folder, passes] = [process.argv[2], Number(process.argv[3])];
const texts = readFileSync(join(folder, 'resources.ndjson'), 'utf8').split('\n').filter(Boolean);
const byType = JSON.parse(readFileSync(join(folder, 'expressions.json'), 'utf8'));

const seconds = (work) => {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1e9;
};

const resources = texts.map((text) => JSON.parse(text));
const unsupported = [];
const values = {};
const compiled = {};
for (const [type, expressions] of Object.entries(byType)) {
  const ofType = resources.filter((resource) => resource.resourceType === type);
  compiled[type] = [];
  for (const expression of expressions) {
    try {
      const evaluate = fhirpath.compile(expression, r4);
      values[`${type}\t${expression}`] = ofType.reduce((sum, resource) => sum + evaluate(resource).length, 0);
      compiled[type].push(evaluate);
    } catch (error) {
      unsupported.push({ type, expression, reason: String(error.message).split('\n')[0] });
    }
  }
}

const evaluate = () => {
  for (const resource of resources) {
    for (const expression of compiled[resource.resourceType]) {
      expression(resource);
    }
  }
};

evaluate();
const evaluation = Array.from({ length: passes }, () => seconds(evaluate));
const reading = Array.from({ length: passes }, () => seconds(() => texts.forEach((text) => JSON.parse(text))));
console.log(JSON.stringify({ version: fhirpath.version, node: process.version, unsupported, values, evaluation, reading }));
