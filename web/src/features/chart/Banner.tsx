import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { formatAge, formatDate, formatDateTime, formatLength, instantOf } from '../../lib/dates';
import { formatConcept, formatIdentifier, formatSex, identifierLabel, patientName, rankedIdentifiers } from '../../fhir/display';
import { RawButton } from '../../fhir/RawButton';
import { mayRead, useSession } from '../../session/session.api';
import { useNow } from '../../ui/useNow';
import type { Patient } from '../../fhir/types.gen';
import classes from './Banner.module.css';
import { currentStaysQuery, usePatientList } from './chart.api';
import { byCriticality, isActiveAllergy, isDeceased, locationOf, stayKind, stayKindNames } from './clinical';

/** Who this is: always on screen while the chart is open. */
export function Banner({ patient, patientId }: { patient: Patient; patientId: string }) {
  const account = useSession().data?.account ?? null;
  const identifiers = rankedIdentifiers(patient.identifier).slice(0, 2);
  return (
    <header className={classes.banner} aria-label="Patient" data-patient={patientId}>
      <div className={classes.who}>
        <h1 className={classes.name}>
          <bdi>{patientName(patient)}</bdi>
        </h1>
        {isDeceased(patient) && <span className={classes.deceased}>✝ Deceased{patient.deceasedDateTime ? ` ${formatDate(patient.deceasedDateTime)}` : ''}</span>}
        {patient.active === false && <span className={classes.mark}>Record inactive</span>}
        <RawButton resource={patient} label="this patient" row={false} />
      </div>
      <dl className={classes.facts}>
        <Fact name="Born">{birthText(patient)}</Fact>
        <Fact name="Sex">{formatSex(patient.gender)}</Fact>
        {identifiers.map((identifier, index) => (
          <Fact key={index} name={identifierLabel(identifier)} wide={index > 0}>
            {formatIdentifier(identifier)}
          </Fact>
        ))}
        {identifiers.length === 0 && <Fact name="ID">–</Fact>}
        {mayRead(account, 'AllergyIntolerance') && <Allergies patientId={patientId} />}
        {mayRead(account, 'Encounter') && <Whereabouts patientId={patientId} deceased={isDeceased(patient)} />}
      </dl>
    </header>
  );
}

function birthText(patient: Patient): string {
  const died = patient.deceasedDateTime ? new Date(patient.deceasedDateTime) : undefined;
  const age = patient.deceasedBoolean ? undefined : formatAge(patient.birthDate, died ?? new Date());
  return formatDate(patient.birthDate) + (age ? ` (${died ? 'died at ' : ''}${age})` : '');
}

function Fact({ name, children, wide, tone }: { name: string; children: React.ReactNode; wide?: boolean; tone?: 'high' }) {
  return (
    <div className={wide ? classes.wide : undefined} data-tone={tone}>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

/** "None recorded" is not "no known allergies": the second is a statement someone has to make, and then it is listed by name. */
function Allergies({ patientId }: { patientId: string }) {
  const { resources, pending, error, loading } = usePatientList('AllergyIntolerance', patientId);
  const active = resources.filter(isActiveAllergy).sort(byCriticality);
  const high = active.some((a) => a.criticality === 'high');
  const names = active.slice(0, 3).map((a) => formatConcept(a.code));
  let text: string;
  if (error) text = 'could not be loaded';
  else if (pending || loading) text = 'loading…';
  else if (active.length === 0) text = 'none recorded';
  else text = names.join(', ') + (active.length > 3 ? ` and ${active.length - 3} more` : '');
  return (
    <Fact name={high ? '⚠ Allergies, high criticality' : 'Allergies'} tone={high || error ? 'high' : undefined}>
      {active.length > 0 ? <Link to={`/patients/${patientId}/allergies`}>{text}</Link> : text}
    </Fact>
  );
}

function Whereabouts({ patientId, deceased }: { patientId: string; deceased: boolean }) {
  const now = useNow();
  const { data, isError } = useQuery(currentStaysQuery(patientId));
  if (isError) return <Fact name="Location">could not be loaded</Fact>;
  if (!data) return <Fact name="Location">loading…</Fact>;
  const stay = data.find((e) => stayKind(e) === 'inpatient') ?? data.find((e) => stayKind(e) === 'emergency') ?? data[0];
  if (!stay) return <Fact name="Location">{deceased ? '–' : 'no current stay'}</Fact>;
  const since = instantOf(stay.period?.start);
  return (
    <Fact name={`${stayKindNames[stayKind(stay)]}, now`}>
      {locationOf(stay) ?? 'location not recorded'}
      {since !== undefined && <span title={formatDateTime(since)}>{` · ${formatLength(now - since)}`}</span>}
    </Fact>
  );
}
