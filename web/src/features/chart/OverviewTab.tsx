import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { formatConcept, formatConcepts } from '../../fhir/display';
import type { ResourceType } from '../../fhir/types.gen';
import type { AllPages } from '../../fhir/useAllPages';
import { formatDate, instantOf } from '../../lib/dates';
import { mayRead, useSession } from '../../session/session.api';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { currentStaysQuery, usePatientList } from './chart.api';
import classes from './Chart.module.css';
import { byCriticality, isActiveAllergy, isActiveProblem, isCurrentMedication, newestFirst, onsetOf } from './clinical';
import { LatestVitals } from './LatestVitals';
import { dosageText, medicationName } from './medication';
import { StayTimeline } from './StayTimeline';
import { useChart } from './useChart';

export function OverviewTab() {
  const { patientId } = useChart();
  const account = useSession().data?.account ?? null;
  const reads = (type: ResourceType) => mayRead(account, type);
  const stays = useQuery({ ...currentStaysQuery(patientId), enabled: reads('Encounter') });
  return (
    <div className={classes.overview}>
      {reads('Observation') && (
        <div className={classes.full}>
          <LatestVitals inStay={(stays.data?.length ?? 0) > 0} />
        </div>
      )}
      {reads('Encounter') && (
        <div className={classes.full}>
          <StayTimeline />
        </div>
      )}
      {reads('Condition') && (
        <div className={classes.half}>
          <Problems />
        </div>
      )}
      <div className={classes.half}>
        {reads('AllergyIntolerance') && <Allergies />}
        {reads('MedicationRequest') && <Medications />}
      </div>
    </div>
  );
}

const shown = 10;

/** A short list with its waiting, error and empty states, and a link to the rest. */
function ShortList<T extends { id?: string }>(props: { title: string; to: string; list: AllPages<unknown>; items: T[]; empty: string; line: (item: T) => React.ReactNode }) {
  const { title, to, list, items, empty, line } = props;
  const counting = list.loading && items.length > 0 ? ' so far' : '';
  return (
    <Section title={title} aside={<Link to={to}>{items.length > 0 ? `${items.length}${counting}` : 'Open'}</Link>}>
      {list.error && <ErrorPanel error={list.error} what={title} retry={list.retry} />}
      {list.pending && !list.error && <Waiting what={title.toLowerCase()} />}
      {!list.loading && !list.error && items.length === 0 && <EmptyState title={empty} />}
      {items.length > 0 && <ul className={classes.items}>{items.slice(0, shown).map((item) => <li key={item.id}>{line(item)}</li>)}</ul>}
      {items.length > shown && (
        <p className={classes.rest}>
          <Link to={to}>{`${items.length - shown} more`}</Link>
        </p>
      )}
    </Section>
  );
}

function Problems() {
  const { patientId } = useChart();
  const list = usePatientList('Condition', patientId);
  const items = list.resources.filter(isActiveProblem).sort(newestFirst(onsetOf));
  return (
    <ShortList
      title="Active problems"
      to="problems"
      list={list}
      items={items}
      empty="No active problems are recorded"
      line={(c) => (
        <>
          <span>{formatConcept(c.code)}</span>
          <span className={classes.when}>{onsetOf(c) === undefined ? '–' : `since ${formatDate(c.onsetDateTime ?? onsetOf(c))}`}</span>
        </>
      )}
    />
  );
}

function Medications() {
  const { patientId } = useChart();
  const list = usePatientList('MedicationRequest', patientId);
  const items = list.resources.filter(isCurrentMedication).sort(newestFirst((m) => instantOf(m.authoredOn)));
  return (
    <ShortList
      title="Current medications"
      to="medications"
      list={list}
      items={items}
      empty="No current medications are recorded"
      line={(m) => (
        <>
          <span>
            {medicationName(m)}
            {m.status === 'on-hold' && <span className={classes.tag}>on hold</span>}
            {dosageText(m) && <span className={classes.sub}>{dosageText(m)}</span>}
          </span>
          <span className={classes.when}>{formatDate(m.authoredOn)}</span>
        </>
      )}
    />
  );
}

function Allergies() {
  const { patientId } = useChart();
  const list = usePatientList('AllergyIntolerance', patientId);
  const items = list.resources.filter(isActiveAllergy).sort(byCriticality);
  return (
    <ShortList
      title="Allergies"
      to="allergies"
      list={list}
      items={items}
      empty="No allergies are recorded. That does not mean there are none."
      line={(a) => (
        <>
          <span>
            {formatConcept(a.code)}
            <span className={classes.sub}>{a.reaction?.length ? formatConcepts(a.reaction.flatMap((r) => r.manifestation)) : 'reaction not recorded'}</span>
          </span>
          {a.criticality === 'high' ? (
            <span className={classes.tag} data-tone="high">⚠ high criticality</span>
          ) : (
            <span className={classes.when}>{a.criticality ? `criticality ${a.criticality.replace(/-/g, ' ')}` : 'criticality –'}</span>
          )}
        </>
      )}
    />
  );
}
