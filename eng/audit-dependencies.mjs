// node eng/audit-dependencies.mjs: what the lock files bring in. Every package has a hash, a licence that is allowed, and no version of known-bad-versions.txt.
// Then asks npm for advisories: where the source gives none (a mirror), that is said and is no failure, unless AUDIT_ONLINE=required.
// NuGet's advisories are asked by the restore itself (NU1901 to NU1904; with CI=true they break the build). Not seen: what no advisory is about yet, the .NET
// runtime and PostgreSQL that are installed, and code in a package that does not do what its licence and hash promise.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const allowed = new Set(['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'ISC', 'PostgreSQL', 'BlueOak-1.0.0', 'CC0-1.0', 'Python-2.0', 'Unlicense', 'Zlib']);

// Looked at one by one. The last column says what makes it right; "tool" is used to build or test and is in nothing that is shipped.
const exceptions = new Map([
  ['npm axe-core', 'MPL-2.0, tool'],
  ['npm caniuse-lite', 'CC-BY-4.0, tool'],
  ['npm lightningcss', 'MPL-2.0, tool; also its programs for each platform'],
  ['npm emitter-component', 'MIT by its readme, tool of the benchmarks'],
  ['npm base-64', 'MIT by its licence file, tool of the client tests'],
  ['npm fhirpath', 'licence of NLM, free to use; tool of the benchmarks'],
  ['npm @lhncbc/ucum-lhc', 'licence of NLM, free to use; tool of the benchmarks'],
  ['nuget CommandLineParser', 'MIT by its licence file, tool of the benchmarks'],
  ['nuget Microsoft.DotNet.PlatformAbstractions', 'MIT by its licence file, tool of the benchmarks'],
  ['nuget xunit.abstractions', 'Apache-2.0 by its licence file, tool'],
]);

const problems = [];
const locks = execFileSync('git', ['-C', root, 'ls-files', '*package-lock.json', '*packages.lock.json'], { encoding: 'utf8' }).split('\n').filter(Boolean);
// Source that is compiled and not installed: eng/get-librdkafka.sh.
const sources = ['eng/librdkafka/source.json'].map((lock) => {
  const source = JSON.parse(readFileSync(join(root, lock), 'utf8'));
  return { ecosystem: 'npm', lock, name: source.name, version: source.version, hash: source.integrity, licence: source.license };
});
const packages = sources.concat(locks.flatMap((lock) => (basename(lock) === 'package-lock.json' ? npmPackages(lock) : nugetPackages(lock))));
const bad = knownBad();

for (const item of packages) {
  const where = `${item.ecosystem} ${item.name} ${item.version} (${item.lock})`;
  if (!item.hash) problems.push(`${where} has no hash in the lock file.`);
  if (!mayUse(item)) problems.push(`${where} has the licence '${item.licence ?? 'none'}', which is not on the list. Use another package, or look at it and add an exception with its reason.`);
  for (const rule of bad) {
    if (rule.ecosystem === item.ecosystem && rule.name === item.name.toLowerCase() && rule.test(item.version)) problems.push(`${where}: ${rule.reason}. Take another version.`);
  }
}

for (const lock of locks.filter((name) => basename(name) === 'package-lock.json')) askNpm(lock);
console.log(`${new Set(packages.map((p) => `${p.ecosystem} ${p.name} ${p.version}`)).size} packages of ${locks.length + sources.length} lock files looked at, ${problems.length} problems.`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function npmPackages(lock) {
  const entries = Object.entries(JSON.parse(readFileSync(join(root, lock), 'utf8')).packages);
  return entries.filter(([path, entry]) => path && !entry.link).map(([path, entry]) => ({
    ecosystem: 'npm', lock, name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version: entry.version, hash: entry.integrity, licence: entry.license,
  }));
}

function nugetPackages(lock) {
  const frameworks = Object.values(JSON.parse(readFileSync(join(root, lock), 'utf8')).dependencies);
  return frameworks.flatMap((framework) => Object.entries(framework)).filter(([, entry]) => entry.type !== 'Project').map(([name, entry]) => ({
    ecosystem: 'nuget', lock, name, version: entry.resolved, hash: entry.contentHash, licence: nugetLicence(name, entry.resolved),
  }));
}

// Of the package that was restored; undefined where it was not, which is a finding as well.
function nugetLicence(name, version) {
  const folder = join(process.env.NUGET_PACKAGES ?? join(homedir(), '.nuget', 'packages'), name.toLowerCase(), version.toLowerCase());
  if (!existsSync(folder)) return undefined;
  const text = readFileSync(join(folder, readdirSync(folder).find((file) => file.endsWith('.nuspec'))), 'utf8');
  return /<license type="expression">([^<]+)</.exec(text)?.[1];
}

function mayUse({ ecosystem, name, licence }) {
  const family = name.replace(/^lightningcss-.*/, 'lightningcss');
  return exceptions.has(`${ecosystem} ${family}`) || (licence ?? '').replace(/[()]/g, '').split(' OR ').some((one) => one.split(' AND ').every((part) => allowed.has(part.trim())));
}

function knownBad() {
  const lines = readFileSync(join(root, 'eng/known-bad-versions.txt'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  return lines.map((line) => {
    const [, ecosystem, name, range, reason] = /^(\S+)\s+(\S+)\s+((?:[<>=]+[\d.]+|\|\|)(?:\s(?:[<>=]+[\d.]+|\|\|))*)\s+(.+)$/.exec(line) ?? [];
    if (!reason) throw new Error(`eng/known-bad-versions.txt has a line that is not understood: ${line}`);
    return { ecosystem, name: name.toLowerCase(), reason, test: (version) => range.split('||').some((all) => all.trim().split(/\s+/).every((part) => holds(version, part))) };
  });
}

function holds(version, part) {
  const [, operator, bound] = /^(<=|>=|<|>|=)(.+)$/.exec(part);
  const order = compare(version.split(/[-+]/)[0], bound);
  return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0, '=': order === 0 }[operator];
}

function compare(a, b) {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function askNpm(lock) {
  const folder = join(root, dirname(lock));
  const answer = spawnSync('npm', ['audit', '--package-lock-only', '--json', '--fetch-retries=0'], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  const report = parse(answer.stdout);
  if (!report?.vulnerabilities) {
    const said = `${lock}: the package source gives no advisories, so none were looked at.`;
    if (process.env.AUDIT_ONLINE === 'required') problems.push(said);
    else console.log(said);
    return;
  }
  for (const [name, finding] of Object.entries(report.vulnerabilities)) {
    if (['high', 'critical'].includes(finding.severity)) problems.push(`npm ${name} ${finding.range} (${lock}): ${finding.severity} advisory. See npm audit in ${dirname(lock)}.`);
    else console.log(`npm ${name} ${finding.range} (${lock}): ${finding.severity} advisory.`);
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
