import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { AlarmSwitch } from '../../monitoring/AlarmSwitch';
import { AlertDialog } from '../../monitoring/AlertDialog';
import { Announcer } from '../../monitoring/Announcer';
import { levelOf, news2Of } from '../../monitoring/levels';
import { LiveState } from '../../monitoring/LiveState';
import { isWaiting, type Alert } from '../../monitoring/monitoring.api';
import { useLive } from '../../monitoring/useLive';
import { useAccount } from '../../session/session.api';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import { inOrder, orders, type Order } from './order';
import { Tile } from './Tile';
import { wardQuery } from './ward.api';
import { WardStore, type WallBed } from './wardStore';
import classes from './Ward.module.css';

export function WardPage() {
  const { location = '' } = useParams();
  const account = useAccount();
  // Keyed: nothing of one ward, or of what another account may see, stands on the wall.
  return <WardWall key={`${location} ${account?.id ?? ''}`} location={location} />;
}

function WardWall({ location }: { location: string }) {
  const snapshot = useQuery(wardQuery(location));
  const [store] = useState(() => new WardStore());
  const { data, refetch } = snapshot;
  useEffect(() => {
    if (data) store.load(data);
  }, [data, store]);
  const connection = useLive({ ward: location }, { state: (state) => store.take(state), alert: (alert) => store.takeAlert(alert), stale: () => void refetch() });
  const beds = useSyncExternalStore(store.subscribe, store.beds);
  usePageTitle(data?.ward.name ?? 'Ward');
  useRowKeys();
  const page = useRef<HTMLDivElement>(null);
  return (
    <div className={classes.page} ref={page}>
      <div className={classes.head}>
        <h1>{data?.ward.name ?? 'Ward'}</h1>
        {data && <Counts beds={beds} />}
        <div className={classes.tools}>
          <LiveState connection={connection?.state === 'down' ? undefined : connection} />
          <AlarmSwitch alerts={useMemo(() => beds.flatMap((bed) => bed.alerts), [beds])} />
          <Sorting />
          <Button size="xs" variant="default" onClick={() => void (document.fullscreenElement ? document.exitFullscreen() : page.current?.requestFullscreen())}>
            Full screen
          </Button>
          <Link to="/ward?choose">Wards</Link>
        </div>
        {(data || !snapshot.isError) && connection?.state === 'down' && <LiveState connection={connection} />}
      </div>
      {snapshot.isError && <ErrorPanel error={snapshot.error} what="The ward" retry={() => void refetch()} />}
      {snapshot.isPending && <Waiting what="the ward" />}
      {data?.beds.length === 0 && <EmptyState title="This ward has no beds">A bed is a Location of the record that is part of the ward’s; it stands here once it is there.</EmptyState>}
      <Wall beds={beds} old={connection?.state === 'down'} />
    </div>
  );
}

/** The few that need somebody, before the many. */
function Counts({ beds }: { beds: WallBed[] }) {
  const now = useNow();
  const high = beds.filter((bed) => levelOf(news2Of(bed.state)) === 'high').length;
  const waiting = beds.reduce((sum, bed) => sum + bed.alerts.filter((alert) => isWaiting(alert, now)).length, 0);
  // Nobody shall take a demonstration for patients.
  const simulated = beds.some((bed) => bed.state?.readings.some((reading) => reading.flags.includes('simulated')));
  return <span className={classes.counts}>{`${beds.filter((bed) => bed.patient).length} of ${beds.length} beds show a patient · ${high} with NEWS2 of 7 or more · ${waiting === 1 ? '1 alert waits' : `${waiting} alerts wait`}${simulated ? ' · simulated values' : ''}`}</span>;
}

function Sorting() {
  const [params, setParams] = useSearchParams();
  return <SegmentedControl size="xs" aria-label="Sort by" value={orderOf(params)} onChange={(value) => setParams(value === 'risk' ? {} : { sort: value }, { replace: true, preventScrollReset: true })} data={[...orders]} />;
}

const orderOf = (params: URLSearchParams): Order => orders.find(({ value }) => value === params.get('sort'))?.value ?? 'risk';

function Wall({ beds, old }: { beds: WallBed[]; old: boolean }) {
  const [params] = useSearchParams();
  const order = orderOf(params);
  const now = useNow();
  const [open, setOpen] = useState<Alert>();
  const sorted = useMemo(() => inOrder(beds, order, now), [beds, order, now]);
  const patients = useMemo(() => new Map(beds.flatMap((bed) => (bed.patient ? [[bed.patient.id, { name: bed.patient.name, birthDate: bed.patient.birthDate, bed: bed.bed.name }] as const] : []))), [beds]);
  const nameOf = useCallback((id: string) => `${patients.get(id)?.bed ?? ''} ${patients.get(id)?.name ?? id}`.trim(), [patients]);
  const alerts = useMemo(() => beds.flatMap((bed) => bed.alerts), [beds]);
  if (beds.length === 0) return null;
  return (
    <>
      <ul className={classes.wall} data-old={old || undefined} data-size={beds.length <= 12 ? 'large' : beds.length <= 30 ? 'medium' : 'small'} aria-label="Beds">
        {sorted.map((bed) => (
          <Tile key={bed.bed.id} bed={bed} now={now} open={setOpen} />
        ))}
      </ul>
      <Announcer alerts={alerts} nameOf={nameOf} />
      <AlertDialog alert={open && (alerts.find((alert) => alert.id === open.id) ?? open)} who={open && patients.get(open.patient)} close={() => setOpen(undefined)} />
    </>
  );
}
