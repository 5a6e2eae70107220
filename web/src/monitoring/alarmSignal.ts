// Auditory alarm signals as IEC 60601-1-8 (2006 with amendments 2012 and 2020) describes them: bursts of pulses, 10 for high, 3 for medium, 1 for low.
import type { Priority } from './monitoring.api';

/** Seconds from the beginning of the burst. */
export interface Pulse {
  start: number;
  length: number;
}

interface Pattern {
  length: number;
  /** From the end of a pulse to the beginning of the next. */
  gaps: number[];
  /** From the end of a burst to the beginning of the next; undefined does not repeat. */
  between?: number;
}

// High: 3 pulses and 2, and the same again after a pause; the pause within a group of five is twice the spacing and a pulse.
const [spacing, high] = [0.1, 0.15];
const five = [spacing, spacing, 2 * spacing + high, spacing];
export const patterns: Record<Priority, Pattern> = {
  high: { length: high, gaps: [...five, 0.6, ...five], between: 5 },
  medium: { length: 0.2, gaps: [0.2, 0.2], between: 15 },
  low: { length: 0.2, gaps: [] },
};

/** The pulses of one burst. */
export function burst(priority: Priority): Pulse[] {
  const { length, gaps } = patterns[priority];
  let start = 0;
  return [{ start, length }, ...gaps.map((gap) => ({ start: (start += length + gap), length }))];
}

/** The length of a burst and the silence after it, in milliseconds. */
export function period(priority: Priority): number {
  const last = burst(priority).at(-1)!;
  return Math.round((last.start + last.length + (patterns[priority].between ?? 0)) * 1_000);
}

// A fundamental between 150 and 1,000 Hz and four harmonics of like strength, so that it is found in a room and heard by old ears.
const [fundamental, harmonics] = [520, [0, 1, 0.8, 0.7, 0.6, 0.5]];

/** Plays one burst on a context that a person's gesture has started. */
export function play(context: AudioContext, priority: Priority): void {
  const wave = context.createPeriodicWave(new Float32Array(harmonics.length), new Float32Array(harmonics));
  for (const { start, length } of burst(priority)) {
    const [begin, rise] = [context.currentTime + 0.02 + start, length * 0.15];
    const [tone, gain] = [context.createOscillator(), context.createGain()];
    tone.setPeriodicWave(wave);
    tone.frequency.value = fundamental;
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(0.3, begin + rise);
    gain.gain.setValueAtTime(0.3, begin + length - rise);
    gain.gain.linearRampToValueAtTime(0, begin + length);
    tone.connect(gain).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + length);
  }
}
