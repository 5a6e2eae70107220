// Sums test reports: node eng/count-tests.mjs FOLDER. Reads FOLDER/steps.tsv (name, exit code, report or "-", second it began at, seconds it took) and the reports:
// *.trx (dotnet test), *.vitest.json (vitest), *.tap (node --test), *.skip (one line per test that could not run here).
// Names the tests that failed, with the first lines of why. The last line is "N passed, N failed, N skipped". Exits 1 when anything failed or nothing ran.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];

const readers = {
  '.trx': (text) => {
    const counters = /<Counters\s[^>]*>/.exec(text)?.[0] ?? '';
    const of = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(counters)?.[1] ?? 0);
    const failed = of('failed') + of('error') + of('timeout') + of('aborted');
    // The logger counts a skipped test in "total" only.
    return { passed: of('passed'), failed, skipped: of('total') - of('passed') - failed };
  },
  '.vitest.json': (text) => {
    const report = JSON.parse(text);
    const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
    // A file that does not load has no tests in it, and still is a failure.
    const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded, skipped };
  },
  '.tap': (text) => {
    const of = (name) => Number([...text.matchAll(new RegExp(`^# ${name} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
    return { passed: of('pass'), failed: of('fail') + of('cancelled'), skipped: of('skipped') + of('todo') };
  },
  '.skip': (text) => ({ passed: 0, failed: 0, skipped: text.split('\n').filter(Boolean).length }),
};

function count(report) {
  const path = join(folder, report);
  if (!existsSync(path)) return null;
  const ending = Object.keys(readers).find((end) => report.endsWith(end));
  return readers[ending](readFileSync(path, 'utf8'));
}

const plain = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#xD;', '').replaceAll('&#xA;', '\n').replaceAll('&amp;', '&');
const short = (text) => text.split('\n').slice(0, 12).join('\n').slice(0, 1500);

// What failed by name; nothing of a kind of report that does not say it.
function failures(report) {
  const path = join(folder, report);
  if (report === '-' || !existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  if (report.endsWith('.trx')) {
    const results = text.split('<UnitTestResult ').slice(1);
    return results.filter((r) => /^[^>]*outcome="(?:Failed|Error|Timeout|Aborted)"/.test(r)).map((r) => {
      const why = /<Message>([\s\S]*?)<\/Message>/.exec(r)?.[1] ?? '';
      return `${plain(/testName="([^"]*)"/.exec(r)?.[1] ?? '')}\n${short(plain(why))}`;
    });
  }
  if (!report.endsWith('.tap')) return [];
  return [...text.matchAll(/^( *)not ok \d+ - (.*)\n\1 {2}---\n([\s\S]*?)\n\1 {2}\.\.\.$/gm)].map(([, , name, why]) => `${name}\n${short(why.slice(Math.max(0, why.search(/^ *error:/m))))}`);
}

function judge([name, exit, report]) {
  const counted = report === '-' ? { passed: 0, failed: 0, skipped: 0 } : count(report);
  if (counted === null) return { name, passed: 0, failed: 1, skipped: 0, note: `ended with ${exit} and left no report` };
  const empty = report !== '-' && counted.passed + counted.failed + counted.skipped === 0;
  if (empty) return { name, ...counted, failed: 1, note: 'ran no test' };
  // A step that failed without a failed test: a crash after the last test, a lint error, a build that does not end well.
  if (exit !== '0' && counted.failed === 0) return { name, ...counted, failed: 1, note: `ended with ${exit}` };
  return { name, ...counted, note: '' };
}

const lines = readFileSync(join(folder, 'steps.tsv'), 'utf8').split('\n').filter(Boolean);
const steps = lines.map((line) => line.split('\t')).map((step) => ({ ...judge(step), report: step[2], began: step[3], took: step[4] }));
const sum = { passed: 0, failed: 0, skipped: 0 };
console.log(`\n${'step'.padEnd(28)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'from s'.padStart(9)}${'took s'.padStart(8)}`);
for (const step of steps) {
  for (const key of Object.keys(sum)) sum[key] += step[key];
  console.log(`${step.name.padEnd(28)}${String(step.passed).padStart(8)}${String(step.failed).padStart(8)}${String(step.skipped).padStart(9)}${step.began.padStart(9)}${step.took.padStart(8)}  ${step.note}`.trimEnd());
}
for (const step of steps.filter((s) => s.failed > 0)) {
  for (const failure of failures(step.report)) console.log(`\nFAILED ${step.name}: ${failure}`);
}
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
