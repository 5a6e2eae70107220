import { SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import { formatConcepts } from '../../fhir/display';
import { useOpenResource } from '../../fhir/useOpenResource';
import type { Encounter } from '../../fhir/types.gen';
import { formatDate, formatDateTime, formatLength, instantOf } from '../../lib/dates';
import { timeTicks } from '../../lib/ticks';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { stayKind, stayKindNames, type StayKind } from './clinical';
import classes from './StayTimeline.module.css';
import { usePatientList } from './chart.api';
import { useChart } from './useChart';

const year = 365.25 * 86_400_000;
const spans: { value: string; label: string; length: number }[] = [
  { value: 'month', label: '30 d', length: year / 12 },
  { value: 'year', label: '1 y', length: year },
  { value: 'five', label: '5 y', length: 5 * year },
  { value: 'all', label: 'All', length: Infinity },
];
const lanes: StayKind[] = ['inpatient', 'emergency', 'outpatient', 'other'];

interface Stay {
  encounter: Encounter;
  start: number;
  end: number;
  ongoing: boolean;
}

function staysOf(encounters: Encounter[], now: number): Stay[] {
  return encounters.flatMap((encounter) => {
    const start = instantOf(encounter.period?.start);
    if (start === undefined || encounter.status === 'entered-in-error') return [];
    const end = instantOf(encounter.period?.end);
    const ongoing = end === undefined && ['arrived', 'triaged', 'in-progress', 'onleave'].includes(encounter.status);
    return [{ encounter, start, end: end ?? (ongoing ? now : start), ongoing }];
  });
}

/** Every encounter on one time axis, a lane per kind; a visit of minutes is a tick, a stay is a bar. */
export function StayTimeline() {
  const { patientId } = useChart();
  const { resources, pending, loading, error, retry, total } = usePatientList('Encounter', patientId);
  const [now] = useState(() => Date.now());
  const [span, setSpan] = useState<string>();
  const stays = staysOf(resources, now);
  const chosen = span ?? (stays.some((s) => s.ongoing) ? 'year' : 'all');
  const first = Math.min(...stays.map((s) => s.start));
  const last = Math.max(...stays.map((s) => s.end));
  const length = spans.find((s) => s.value === chosen)!.length;
  const end = Math.max(last, chosen === 'all' ? last : now);
  const begin = chosen === 'all' ? first : end - length;
  const aside = (
    <>
      {loading && <span>{`${resources.length}${total ? ` of ${total}` : ''} loaded`}</span>}
      <Link to="encounters">{resources.length === 1 ? '1 encounter' : `${resources.length} encounters`}</Link>
      <SegmentedControl size="xs" data={spans} value={chosen} onChange={setSpan} aria-label="Time span" />
    </>
  );
  return (
    <Section title="Stays and visits" aside={aside}>
      {error && <ErrorPanel error={error} what="The encounters" retry={retry} />}
      {pending && !error && <Waiting what="encounters" />}
      {!pending && !error && stays.length === 0 && <EmptyState title="No encounters are recorded">Stays, emergency attendances and visits appear here on a time axis.</EmptyState>}
      {stays.length > 0 && <Axis stays={stays} begin={begin} end={Math.max(end, begin + 86_400_000)} />}
    </Section>
  );
}

function Axis({ stays, begin, end }: { stays: Stay[]; begin: number; end: number }) {
  const { ref, width } = useElementSize();
  const { show } = useOpenResource();
  const used = lanes.filter((lane) => stays.some((s) => stayKind(s.encounter) === lane));
  const left = 84;
  const laneHeight = 24;
  const height = used.length * laneHeight + 24;
  const x = (time: number) => left + ((time - begin) / (end - begin)) * Math.max(10, width - left - 12);
  const visible = stays.filter((s) => s.end >= begin && s.start <= end);
  const summary = used.map((lane) => `${visible.filter((s) => stayKind(s.encounter) === lane).length} ${stayKindNames[lane].toLowerCase()}`).join(', ');
  return (
    <div ref={ref} className={classes.axis}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={`Encounters from ${formatDate(begin)} to ${formatDate(end)}: ${summary}. The Encounters tab lists them.`}>
          {timeTicks(begin, end, Math.max(2, Math.floor((width - left) / 90))).map((tick) => (
            <g key={tick.time}>
              <line x1={x(tick.time)} x2={x(tick.time)} y1={0} y2={height - 20} className={classes.grid} />
              <text x={x(tick.time)} y={height - 6} textAnchor="middle" className={classes.label}>{tick.label}</text>
            </g>
          ))}
          {used.map((lane, row) => (
            <text key={lane} x={12} y={row * laneHeight + 17} className={classes.label}>{stayKindNames[lane]}</text>
          ))}
          {visible.map((stay) => (
            <Mark key={stay.encounter.id} stay={stay} x1={Math.max(left, x(stay.start))} x2={x(stay.end)} y={used.indexOf(stayKind(stay.encounter)) * laneHeight + 5} open={() => show('Encounter', stay.encounter.id)} />
          ))}
        </svg>
      )}
      {visible.length === 0 && <p className={classes.none}>Nothing in this span.</p>}
    </div>
  );
}

function Mark({ stay, x1, x2, y, open }: { stay: Stay; x1: number; x2: number; y: number; open: () => void }) {
  const { encounter, start, end, ongoing } = stay;
  const text = `${formatConcepts(encounter.type)}, ${formatDateTime(start)}${ongoing ? ', ongoing' : `, ${formatLength(end - start)}`}`;
  return (
    // A shortcut for the mouse; the keyboard reaches the same records through the Encounters tab.
     
    <rect x={x1} y={y} width={Math.max(3, x2 - x1)} height={14} rx={1.5} className={classes.mark} data-kind={stayKind(encounter)} data-ongoing={ongoing || undefined} onClick={open}>
      <title>{text}</title>
    </rect>
  );
}
