// What the wall shows, fed by the snapshot and the stream. Alerts and changed scores are shown at once; other values wait
// for the next second and are then shown together: one drawing a second, whatever the devices send.
import { news2Of } from '../../monitoring/levels';
import { isOpen, newerState, withAlert, type Alert, type State } from '../../monitoring/monitoring.api';
import type { Bed, WardSnapshot } from './ward.api';

/** How NEWS2 went while this wall watched, over at most an hour. */
export interface Trend {
  from: number;
  since: number;
}

export interface WallBed extends Bed {
  trend?: Trend;
}

type Later = (act: () => void) => void;

const isSame = (a: WallBed, b: WallBed): boolean =>
  a.bed === b.bed && a.patient === b.patient && a.state === b.state && a.trend?.from === b.trend?.from && a.trend?.since === b.trend?.since && a.alerts.length === b.alerts.length && a.alerts.every((alert, i) => alert === b.alerts[i]);

const second: Later = (act) => void setTimeout(act, 1_000);
const hour = 3_600_000;

export class WardStore {
  private current: WallBed[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly pending = new Map<string, State>();
  private readonly newest = new Map<string, Alert>();
  private readonly scores = new Map<string, { at: number; value: number }[]>();
  private waiting = false;

  /** `later` is when waiting values are shown. */
  constructor(private readonly later: Later = second) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly beds = (): WallBed[] => this.current;

  /** A snapshot of the server. What the stream brought after it was made stays. */
  load(snapshot: WardSnapshot): void {
    const before = new Map(this.current.flatMap((bed) => (bed.patient ? [[bed.patient.id, bed] as const] : [])));
    this.show(
      snapshot.beds.map((bed) => {
        if (!bed.patient) return bed;
        const shown = before.get(bed.patient.id);
        const state = newerState(shown?.state, bed.state);
        bed.alerts.forEach((alert) => this.remember(alert));
        const known = [...this.newest.values()].filter((alert) => alert.patient === bed.patient?.id);
        // The snapshot says which are open, but for those that changed since.
        const alerts = known.reduce(withAlert, bed.alerts).filter((alert) => isOpen(alert));
        const next = { ...bed, state, alerts, trend: this.trendOf(state) };
        // A tile is drawn anew only when its bed is another object.
        return shown && isSame(shown, next) ? shown : next;
      }),
    );
  }

  /** Values of a patient; shown with the next second, and at once when the score is another. */
  take(state: State): void {
    this.pending.set(state.patient, state);
    const shown = this.current.find((bed) => bed.patient?.id === state.patient);
    if (shown && news2Of(shown.state)?.value !== news2Of(state)?.value) return this.draw(new Map([[state.patient, state]]));
    if (this.waiting) return;
    this.waiting = true;
    this.later(() => this.flush());
  }

  /** An alert is shown at once. */
  takeAlert(alert: Alert): void {
    if (!this.remember(alert)) return;
    this.show(this.current.map((bed) => (bed.patient?.id === alert.patient ? { ...bed, alerts: withAlert(bed.alerts, alert).filter((known) => isOpen(known)) } : bed)));
  }

  private flush(): void {
    this.waiting = false;
    this.draw(new Map(this.pending));
  }

  private draw(fresh: ReadonlyMap<string, State>): void {
    fresh.forEach((_, patient) => this.pending.delete(patient));
    this.show(
      this.current.map((bed) => {
        const next = bed.patient && fresh.get(bed.patient.id);
        const state = next ? newerState(bed.state, next) : undefined;
        return state && state !== bed.state ? { ...bed, state, trend: this.trendOf(state) } : bed;
      }),
    );
  }

  private show(beds: WallBed[]): void {
    this.current = beds;
    this.listeners.forEach((listener) => listener());
  }

  /** False for what is older than what is known. */
  private remember(alert: Alert): boolean {
    const known = this.newest.get(alert.id);
    if (known && (known.seq ?? -1) > (alert.seq ?? Infinity)) return false;
    this.newest.set(alert.id, alert);
    return true;
  }

  private trendOf(state: State | null): Trend | undefined {
    const value = news2Of(state)?.value;
    if (!state || value === null || value === undefined) return undefined;
    const at = Date.parse(state.at);
    const history = this.scores.get(state.patient) ?? [];
    if (history.at(-1)?.value !== value) history.push({ at, value });
    // The last value before the hour is the value that the hour began with.
    while (history[1] && history[1].at <= at - hour) history.shift();
    this.scores.set(state.patient, history);
    // Of the time before this page was opened the server knows.
    const before = state.trend?.values.at(-1);
    if (history[0]!.at > at - hour && before !== null && before !== undefined) return { from: before, since: Date.parse(state.trend!.until) - hour };
    return { from: history[0]!.value, since: Math.max(history[0]!.at, at - hour) };
  }
}
