import { SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { formatAgo, formatExact } from '../../lib/dates';
import { formatCount } from '../../lib/numbers';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';
import { devicesQuery, rejected, useNames, type Device } from './devices.api';
import { DeviceDetail } from './DeviceDetail';

/** A device on a patient that sends nothing for this long is one to look at. */
const silence = 120_000;
const shows = { all: () => true, silent: (device: Device, now: number) => !!device.patient && isSilent(device, now), free: (device: Device) => !device.patient && !device.inUse, rejected: (device: Device) => rejected(device) > 0 };
type Show = keyof typeof shows;
const labels: Record<Show, string> = { all: 'All', silent: 'Silent', free: 'Free', rejected: 'With rejections' };

const isSilent = (device: Device, now: number) => !device.lastSample || now - Date.parse(device.lastSample) > silence;

export function DevicesPage() {
  usePageTitle('Devices');
  useRowKeys();
  const now = useNow();
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState('');
  const show = (Object.keys(shows) as Show[]).find((name) => name === params.get('show')) ?? 'all';
  const list = useQuery(devicesQuery);
  const words = text.trim().toLowerCase();
  const devices = (list.data ?? []).filter((device) => shows[show](device, now) && `${device.name ?? ''} ${device.identifier ?? ''} ${device.id}`.toLowerCase().includes(words));
  return (
    <div className={form.page}>
      <h1>Devices</h1>
      <search className={form.filters}>
        <TextInput label="Name or number" data-search type="search" value={text} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        <div style={{ gridColumn: 'span 2' }}>
          <SegmentedControl size="xs" aria-label="Which devices" value={show} onChange={(value) => setParams(value === 'all' ? {} : { show: value }, { replace: true })} data={(Object.keys(shows) as Show[]).map((value) => ({ value, label: labels[value] }))} />
        </div>
      </search>
      <Section title="Registered devices" aside={list.data && <span role="status">{`${devices.length} of ${list.data.length}`}</span>}>
        {list.isError && <ErrorPanel error={list.error} what="The devices" retry={() => void list.refetch()} />}
        {list.isPending && <Waiting what="devices" />}
        {list.data?.length === 0 && <EmptyState title="No device is registered">A device is a Device of the record with an identifier; once it is there, its samples are taken.</EmptyState>}
        {list.data && list.data.length > 0 && devices.length === 0 && <EmptyState title="No device matches">Clear the fields to see all.</EmptyState>}
        {devices.length > 0 && <Devices devices={devices} now={now} />}
      </Section>
    </div>
  );
}

function Devices({ devices, now }: { devices: Device[]; now: number }) {
  const [open, setOpen] = useState<string>();
  const patients = useNames('Patient', devices.map((device) => device.patient));
  const beds = useNames('Location', devices.map((device) => device.bed));
  const columns: Column<Device>[] = [
    {
      name: 'Device',
      cell: (device) => (
        <>
          <LinkButton expanded={open === device.id} onClick={() => setOpen(open === device.id ? undefined : device.id)}>
            {device.name ?? device.identifier ?? device.id}
          </LinkButton>
          {device.identifier && <span className="meta mono"> {device.identifier}</span>}
        </>
      ),
    },
    { name: 'Patient', cell: (device) => (device.patient ? <Link to={`/patients/${device.patient}/live`}>{patients.get(device.patient) ?? <span className="mono">{device.patient}</span>}</Link> : device.inUse ? 'not among yours' : '–') },
    { name: 'Bed', from: 'tablet', cell: (device) => (device.bed ? (beds.get(device.bed) ?? device.bed) : '–') },
    { name: 'Last sample', width: '9rem', cell: (device) => <LastSample device={device} now={now} /> },
    { name: 'Samples', numeric: true, from: 'desktop', cell: (device) => formatCount(device.samples) },
    { name: 'Rejected', numeric: true, cell: (device) => (rejected(device) > 0 ? <span className={form.mark} data-tone="medium">{formatCount(rejected(device))}</span> : '0') },
  ];
  return <DataTable caption="Registered devices" columns={columns} rows={devices} rowKey={(device) => device.id} detail={(device) => (open === device.id ? <DeviceDetail device={device} bed={device.bed ? beds.get(device.bed) : undefined} /> : undefined)} />;
}

function LastSample({ device, now }: { device: Device; now: number }) {
  if (!device.lastSample) return <>never</>;
  return (
    <span className="num" title={formatExact(device.lastSample)}>
      {formatAgo(Date.parse(device.lastSample), now)}
      {device.patient && isSilent(device, now) && (
        <>
          {' '}
          <span className={form.mark} data-tone="medium">
            silent
          </span>
        </>
      )}
    </span>
  );
}
