import { memo } from 'react';
import { Link } from 'react-router';
import { formatDate, formatExact, formatTime } from '../../lib/dates';
import { PriorityShape, whoHas } from '../../monitoring/AlertMark';
import { levelOf, levelWords, missingText, news2Of, scoreNote, shortAge } from '../../monitoring/levels';
import { byUrgency, isWaiting, type Alert, type State } from '../../monitoring/monitoring.api';
import type { WallBed } from './wardStore';
import { BloodPressure, Oxygen, Sign } from './Signs';
import classes from './Tile.module.css';

/** No value of any device for this long is said on the tile, whatever each metric's own limit is. */
const silence = 120_000;

interface Props {
  bed: WallBed;
  /** Renewed every 15 s: ages go on when nothing comes. */
  now: number;
  open: (alert: Alert) => void;
}

/** One bed. Drawn anew only when its own bed changed or an age may have. */
export const Tile = memo(function Tile({ bed, now, open }: Props) {
  const { patient, state } = bed;
  if (!patient) {
    return (
      <li className={classes.tile} data-empty>
        <div className={classes.head}>
          <strong>{bed.bed.name}</strong> <span className="meta">empty</span>
        </div>
      </li>
    );
  }
  const alerts = [...bed.alerts].sort(byUrgency(now));
  const waiting = alerts.find((alert) => isWaiting(alert, now));
  const newest = Math.max(...(state?.readings.map((reading) => Date.parse(reading.time)) ?? []));
  return (
    <li className={classes.tile} data-alarm={waiting?.priority} data-bed={bed.bed.id} data-level={levelOf(news2Of(state))}>
      <div className={classes.head}>
        <strong>{bed.bed.name}</strong>
        <Link to={`/patients/${patient.id}/live`} data-row-link className={classes.name} title={`${patient.name}, born ${formatDate(patient.birthDate ?? undefined)}`}>
          <bdi>{patient.short || patient.name}</bdi>
        </Link>
      </div>
      <div className={classes.body}>
        <Glyph bed={bed} />
        <div className={classes.signs}>
          <Sign label="HR" state={state} metrics={['heart-rate', 'pulse-rate']} part="pulse" now={now} />
          <Sign label="RR" state={state} metrics={['respiratory-rate']} part="respiratory-rate" now={now} />
          <Sign label="SpO₂" state={state} metrics={['oxygen-saturation']} part="oxygen-saturation" now={now} />
          <Oxygen state={state} now={now} />
          <BloodPressure state={state} now={now} />
          <Sign label="T" state={state} metrics={['temperature']} part="temperature" now={now} />
        </div>
      </div>
      {alerts[0] ? <AlertLine alert={alerts[0]} more={alerts.length - 1} now={now} open={open} /> : <p className={classes.quiet}>{quietText(newest, now)}</p>}
    </li>
  );
});

function quietText(newest: number, now: number): string {
  if (!Number.isFinite(newest)) return 'No device has sent anything yet';
  return now - newest > silence ? `✕ No data for ${shortAge(newest, now)}` : '';
}

/** NEWS2: the largest thing on the tile, with its level in words and how it went. */
function Glyph({ bed }: { bed: WallBed }) {
  const score = news2Of(bed.state);
  const level = levelOf(score);
  const note = scoreNote(score);
  const trend = bed.trend && score?.value !== null && score?.value !== undefined ? Math.sign(score.value - bed.trend.from) : 0;
  return (
    <div className={classes.glyph} data-level={level} title={[`NEWS2: ${levelWords[level]}`, missingText(score) || note].filter(Boolean).join('. ')}>
      <span className="visually-hidden">NEWS2 </span>
      <span className={classes.number}>{score?.value ?? '–'}</span>
      <span className={classes.level}>
        {trend !== 0 && (
          <span title={`NEWS2 was ${bed.trend!.from} at ${formatTime(bed.trend!.since)}`}>
            <span aria-hidden="true">{trend > 0 ? '▲ ' : '▼ '}</span>
            <span className="visually-hidden">{` ${trend > 0 ? 'up' : 'down'} from ${bed.trend!.from}, `}</span>
          </span>
        )}
        {levelWords[level]}
      </span>
      {note && <span className={classes.note}>{note}</span>}
      <Sparkline state={bed.state} />
    </div>
  );
}

/** NEWS2 of the last hours, each hour as high as its score of at most 12; a gap where nothing is known. */
function Sparkline({ state }: { state: State | null }) {
  const values = state?.trend?.values;
  if (!values?.some((value) => value !== null)) return null;
  const now = news2Of(state)?.value;
  const path = [...values, now ?? null].map((value, x, all) => (value === null ? '' : `${x > 0 && all[x - 1] !== null ? 'L' : 'M'}${x} ${12 - Math.min(value, 12)}`)).join('');
  const known = values.filter((value) => value !== null);
  return (
    <svg className={classes.spark} viewBox={`-0.5 -0.5 ${values.length + 1} 13`} preserveAspectRatio="none" role="img" aria-label={`NEWS2 of the last ${values.length} hours: ${Math.min(...known)} to ${Math.max(...known)}`}>
      <path d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function AlertLine({ alert, more, now, open }: { alert: Alert; more: number; now: number; open: (alert: Alert) => void }) {
  return (
    <button type="button" className={classes.alert} data-priority={alert.priority} data-waiting={isWaiting(alert, now) || undefined} title={`${alert.title}. Raised ${formatExact(alert.raisedAt)}. ${whoHas(alert, now)}`} onClick={() => open(alert)}>
      <span>
        <PriorityShape priority={alert.priority} />
      </span>
      <span className={classes.alertTitle}>{alert.title}</span>
      <span className={classes.alertWho}>
        {shortAge(Date.parse(alert.raisedAt), now)} · {whoHas(alert, now)}
        {more > 0 && ` · +${more}`}
      </span>
    </button>
  );
}
