import { Button } from '@mantine/core';
import type { TimeRange } from '../../ui/TimeChart';
import type { TimeWindow } from './useTimeRange';

/** The keyboard's way to what a drag does with the mouse. */
export function ZoomButtons({ window: { range, zoomTo, name } }: { window: Pick<TimeWindow, 'range' | 'zoomTo' | 'name'> }) {
  const [begin, end] = range;
  const span = end - begin;
  const actions: [string, string, TimeRange | undefined][] = [
    ['←', 'Earlier', [begin - span / 2, end - span / 2]],
    ['→', 'Later', [begin + span / 2, end + span / 2]],
    ['+', 'Zoom in', [begin + span / 4, end - span / 4]],
    ['−', 'Zoom out', [begin - span / 2, end + span / 2]],
  ];
  return (
    <Button.Group>
      {actions.map(([sign, label, next]) => (
        <Button key={label} variant="default" size="xs" aria-label={label} title={label} onClick={() => zoomTo(next)}>
          {sign}
        </Button>
      ))}
      {name === 'custom' && (
        <Button variant="default" size="xs" onClick={() => zoomTo(undefined)}>
          Reset
        </Button>
      )}
    </Button.Group>
  );
}
