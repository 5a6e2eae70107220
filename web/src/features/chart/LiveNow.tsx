import { formatAgo, formatExact } from '../../lib/dates';
import { formatValue } from '../../lib/numbers';
import { amountText, levelOf, levelWords, news2Of, scoreNote, trendOf, unitText } from '../../monitoring/levels';
import type { ModelScore, Score, State } from '../../monitoring/monitoring.api';
import { Section } from '../../ui/Section';
import { useNow } from '../../ui/useNow';
import classes from './Live.module.css';

/** NEWS2 with what it is made of, the newest values and the other scores. */
export function LiveNow({ state }: { state: State }) {
  const now = useNow();
  const news2 = news2Of(state);
  const level = levelOf(news2);
  const others = state.scores.filter((score) => score.name !== 'news2' && score.value !== null && score.value !== undefined);
  return (
    <Section title="Now" aside={<span title={formatExact(state.at)}>{formatAgo(Date.parse(state.at), now)}</span>}>
      <div className={classes.now}>
        <div className={classes.glyph} data-level={level}>
          <span className={classes.number}>{news2?.value ?? '–'}</span>
          <span>NEWS2 {levelWords[level]}</span>
          {scoreNote(news2) && <span className="meta" style={{ color: 'inherit' }}>{scoreNote(news2)}</span>}
        </div>
        {news2 && <Parts score={news2} />}
        <ul className={classes.readings} aria-label="Newest values">
          {state.readings.map((reading) => (
            <li key={reading.metric} data-stale={reading.stale || undefined} title={formatExact(reading.time)}>
              <span>{reading.display}</span>
              <strong className="num">
                {amountText(reading)} {unitText(reading.unit)} {trendOf(reading)}
              </strong>
              <span className="meta">
                {formatAgo(Date.parse(reading.time), now)}
                {reading.stale && ', too old to count'}
                {reading.flags.length > 0 && `, ${reading.flags.join(', ')}`}
              </span>
            </li>
          ))}
        </ul>
      </div>
      {(state.models?.length ?? 0) > 0 && <Models models={state.models!} now={now} />}
      {others.length > 0 && <p className={classes.others}>{others.map((score) => `${score.name} ${score.value}${score.complete ? '' : ' (incomplete)'}`).join(' · ')}</p>}
    </Section>
  );
}

function Models({ models, now }: { models: ModelScore[]; now: number }) {
  return (
    <ul className={classes.models} aria-label="What models say">
      {models.map((model) => (
        <li key={model.name} data-stale={model.stale || undefined}>
          <strong>
            {model.name} <span className="num">{formatValue(model.value)}</span>
          </strong>
          <span className="meta" title={formatExact(model.time)}>
            model, version {model.version} · {formatAgo(Date.parse(model.time), now)}
            {model.stale && ', too old to count'}
          </span>
          {model.explanation && <span>{model.explanation}</span>}
          {model.inputs.length > 0 && <span className="meta">from {model.inputs.map((input) => `${input.name} ${input.value === null || input.value === undefined ? 'missing' : formatValue(input.value)}${input.unit ? ` ${unitText(input.unit)}` : ''}`).join(', ')}</span>}
        </li>
      ))}
    </ul>
  );
}

function Parts({ score }: { score: Score }) {
  return (
    <table className={classes.parts}>
      <caption className="visually-hidden">What NEWS2 is made of</caption>
      <tbody>
        {score.parts.map((part) => (
          <tr key={part.name} data-points={part.points ?? undefined}>
            <th scope="row">{part.name}</th>
            <td className="num">{part.value ?? '–'}</td>
            <td className="num">{part.points === null || part.points === undefined ? (part.why ?? 'missing') : part.points}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
