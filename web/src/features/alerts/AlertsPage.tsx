import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { AlarmSwitch } from '../../monitoring/AlarmSwitch';
import { AlertDialog } from '../../monitoring/AlertDialog';
import { Announcer } from '../../monitoring/Announcer';
import { LiveState } from '../../monitoring/LiveState';
import { alertsQuery, byUrgency, isOpen, wardsQuery, withAlert, type Alert } from '../../monitoring/monitoring.api';
import { useLive } from '../../monitoring/useLive';
import { useAccount } from '../../session/session.api';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';
import { useWho } from './alerts.api';
import classes from './Alerts.module.css';
import { AlertsTable } from './AlertsTable';
import { AlertsTabs } from './AlertsTabs';

/** Seconds between two questions where no stream tells: there is one for a ward, and none for all of them. */
const asking = 5;
/** Milliseconds after which a list that nobody answers for is of then, and not of now. */
const old = 20_000;

export function AlertsPage() {
  const account = useAccount();
  // Keyed: what the stream brought to one account is not for another.
  return <Inbox key={account?.id ?? ''} />;
}

function Inbox() {
  usePageTitle('Alerts');
  useRowKeys();
  const now = useNow();
  const [params, setParams] = useSearchParams();
  const status = params.get('status') === 'all' ? 'all' : 'open';
  const ward = params.get('ward') ?? '';
  const list = useAlerts(status, ward, now);
  const alerts = useMemo(() => {
    const shown = (list.alerts ?? []).filter((alert) => status === 'all' || isOpen(alert));
    return status === 'open' ? shown.sort(byUrgency(now)) : shown.sort((a, b) => Date.parse(b.raisedAt) - Date.parse(a.raisedAt));
  }, [list.alerts, status, now]);
  const { who, failed } = useWho(alerts.map((alert) => alert.patient));
  const nameOf = useCallback((id: string) => who.get(id)?.name ?? 'a patient', [who]);
  const [open, setOpen] = useState<Alert>();
  const choose = (name: string, value: string) =>
    setParams(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  return (
    <div className={form.page}>
      <div className={form.heading}>
        <h1>Alerts</h1>
        <AlarmSwitch alerts={alerts} />
      </div>
      <AlertsTabs />
      {list.connection?.state === 'down' && <LiveState connection={list.connection} />}
      <div className={classes.tools}>
        <SegmentedControl size="xs" aria-label="Which alerts" value={status} onChange={(value) => choose('status', value === 'all' ? 'all' : '')} data={[{ value: 'open', label: 'Open' }, { value: 'all', label: 'Open and past' }]} />
        <Wards value={ward} change={(value) => choose('ward', value)} />
        {list.connection?.state === 'down' ? null : list.connection ? <LiveState connection={list.connection} /> : <span className="meta">Asked every {asking} s; choose a ward to see it live.</span>}
      </div>
      <Section title={status === 'open' ? 'Open alerts' : 'Open and past alerts'} aside={list.alerts && <span role="status">{alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`}</span>}>
        {list.error && <ErrorPanel error={list.error} what="The alerts" retry={list.retry} />}
        {failed && <p className={form.warn}>The names of the patients could not be loaded. Alerts are shown; nothing can be done about them before the names are here.</p>}
        {list.pending && <Waiting what="alerts" />}
        {list.alerts && alerts.length === 0 && !list.error && <EmptyState title={status === 'open' ? 'No alert is open' : 'No alert was raised'}>Alerts of patients whom you may see stand here when a rule raises one.</EmptyState>}
        {alerts.length > 0 && <AlertsTable alerts={alerts} who={who} open={setOpen} />}
      </Section>
      <Announcer alerts={alerts} nameOf={nameOf} />
      <AlertDialog alert={open && (alerts.find((alert) => alert.id === open.id) ?? open)} who={open && who.get(open.patient)} close={() => setOpen(undefined)} />
    </div>
  );
}

function useAlerts(status: 'open' | 'all', ward: string, now: number) {
  const list = useQuery({ ...alertsQuery({ status, ward: ward || undefined, count: 200 }), refetchInterval: ward ? 60_000 : asking * 1_000 });
  const { refetch } = list;
  // Beside the list, not in it: an answer that was on its way when an alert came knows less.
  const [fresh, setFresh] = useState<{ ward: string; alerts: Alert[] }>({ ward, alerts: [] });
  const stream = useLive(ward ? { ward } : undefined, {
    alert: (alert) => setFresh((before) => ({ ward, alerts: withAlert(before.ward === ward ? before.alerts : [], alert) })),
    stale: () => void refetch(),
  });
  const alerts = useMemo(() => list.data && (ward && fresh.ward === ward ? fresh.alerts : []).reduce(withAlert, list.data), [list.data, fresh, ward]);
  const connection = ward ? stream : list.data && now - list.dataUpdatedAt > old ? ({ state: 'down', since: list.dataUpdatedAt } as const) : undefined;
  return { alerts, pending: list.isPending, error: list.isError ? list.error : undefined, retry: () => void refetch(), connection };
}

function Wards({ value, change }: { value: string; change: (ward: string) => void }) {
  const wards = useQuery(wardsQuery).data ?? [];
  const known = wards.some((ward) => ward.id === value) || value === '' ? wards : [...wards, { id: value, name: value, beds: 0 }];
  return <NativeSelect size="xs" label="Ward" value={value} onChange={(event) => change(event.currentTarget.value)} data={[{ value: '', label: 'All that are open to me' }, ...known.map((ward) => ({ value: ward.id, label: ward.name }))]} />;
}
