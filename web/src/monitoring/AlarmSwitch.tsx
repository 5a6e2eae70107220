import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { period, play } from './alarmSignal';
import classes from './Monitoring.module.css';
import { isWaiting, type Alert } from './monitoring.api';
import { useNow } from '../ui/useNow';

// One for the page: a browser lets a page sound only after a gesture, and that lasts until it is loaded again.
let context: AudioContext | undefined;

/** Sounds while a high-priority alert waits for somebody; silent until it is switched on, and says which of both it is. */
export function AlarmSwitch({ alerts }: { alerts: Alert[] }) {
  const now = useNow();
  const [on, setOn] = useState(context?.state === 'running');
  const waiting = alerts.filter((alert) => alert.priority === 'high' && isWaiting(alert, now)).length;
  const sounding = on && waiting > 0;
  useEffect(() => {
    if (!sounding) return;
    const sound = () => context && play(context, 'high');
    sound();
    const timer = setInterval(sound, period('high'));
    return () => clearInterval(timer);
  }, [sounding]);
  const turn = async () => {
    if (on) await context?.suspend();
    else {
      context ??= new AudioContext();
      await context.resume();
    }
    setOn(!on);
  };
  if (typeof AudioContext === 'undefined') return <span className={classes.alarm}>This browser has no sound.</span>;
  return (
    <span className={classes.alarm} data-off={!on || undefined} data-sounding={sounding || undefined}>
      <Button size="compact-xs" variant="default" aria-pressed={on} onClick={() => void turn()}>
        {on ? 'Turn the sound off' : 'Turn the sound on'}
      </Button>
      <span role="status">{!on ? 'Sound is off' : sounding ? `Sounding: ${waiting} high` : 'Sound is on, nothing high waits'}</span>
    </span>
  );
}
