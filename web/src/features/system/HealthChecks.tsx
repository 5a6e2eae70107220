import { useQuery } from '@tanstack/react-query';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { readinessQuery } from './system.api';
import classes from './SystemPage.module.css';

const shapes: Record<string, string> = { ok: '●', degraded: '▲', failed: '✕' };

export function HealthChecks() {
  const { data, error, isError, refetch } = useQuery(readinessQuery);
  return (
    <Section title="Health" aside={data && !isError ? data.status : undefined}>
      {isError && <ErrorPanel error={error} what="The health checks" retry={() => void refetch()} />}
      {!isError && !data && <Waiting what="health checks" />}
      {!isError && data && (
        <ul className={classes.checks}>
          {Object.entries(data.checks).map(([name, check]) => (
            <li key={name} data-status={check.status}>
              <span aria-hidden="true" className={classes.shape}>
                {shapes[check.status] ?? '◌'}
              </span>
              <span>{name}</span>
              <span>{check.status}</span>
              <span className={classes.why}>{check.description}</span>
            </li>
          ))}
          {Object.keys(data.checks).length === 0 && <li>No single checks are reported.</li>}
        </ul>
      )}
    </Section>
  );
}
