import { formatDateTime, formatLength } from '../../lib/dates';
import { formatBytes } from '../../lib/numbers';
import { Section } from '../../ui/Section';
import type { SystemState } from './system.api';
import classes from './SystemPage.module.css';

export function Facts({ system }: { system: SystemState }) {
  const facts: [string, string][] = [
    ['Salus', system.version],
    ['FHIR', system.fhirVersion],
    ['Running for', `${formatLength(system.uptimeSeconds * 1000)}, since ${formatDateTime(system.startedAt)}`],
    ['Memory of the process', formatBytes(system.memoryBytes)],
    ['Database', `PostgreSQL ${system.database.version}, ${system.database.embedded ? 'embedded' : 'external'}`],
    ['Database size', formatBytes(system.database.sizeBytes)],
  ];
  return (
    <Section title="Server">
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
        {system.database.lossySettings.length > 0 && (
          <div data-lossy>
            <dt>Settings that lose data</dt>
            <dd>
              <span aria-hidden="true">▲ </span>
              <span className="mono">{system.database.lossySettings.join(', ')}</span>: PostgreSQL may lose what Salus has acknowledged when the machine fails.
            </dd>
          </div>
        )}
      </dl>
    </Section>
  );
}
