import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { formatDateTime } from '../../lib/dates';
import { formatCount } from '../../lib/numbers';
import form from '../../ui/Form.module.css';
import { AssociateForm } from './AssociateForm';
import { EndForm } from './EndForm';
import { reasonWords, type Device } from './devices.api';

/** What a device measures, what of it was refused, and who is on it. */
export function DeviceDetail({ device, bed }: { device: Device; bed?: string }) {
  const [doing, setDoing] = useState<'associate' | 'end'>();
  const close = () => setDoing(undefined);
  const refused = Object.entries(device.rejections).sort((a, b) => b[1] - a[1]);
  return (
    <div className={form.form}>
      <dl className={form.facts}>
        <dt>State</dt>
        <dd>{device.status ?? 'active'}</dd>
        <dt>Measures</dt>
        <dd>{device.metrics.join(', ') || 'nothing yet'}</dd>
        <dt>On the patient since</dt>
        <dd className="num">{device.since ? formatDateTime(device.since) : '–'}</dd>
        <dt>Rejected samples</dt>
        <dd>
          {refused.length === 0 ? (
            'none'
          ) : (
            <ul className={form.plainList}>
              {refused.map(([reason, count]) => (
                <li key={reason}>
                  <span className="num">{formatCount(count)}</span> {reasonWords[reason] ?? reason} <span className="meta mono">{reason}</span>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </dl>
      <div className={form.row}>
        <Button size="xs" variant="default" onClick={() => setDoing('associate')}>
          {device.patient ? 'Put another patient on it' : 'Put a patient on it'}
        </Button>
        {device.patient && (
          <Button size="xs" variant="default" onClick={() => setDoing('end')}>
            Take the patient off it
          </Button>
        )}
      </div>
      <Modal opened={doing !== undefined} onClose={close} title={`${doing === 'end' ? 'Take off' : 'Put on'} ${device.name ?? device.identifier ?? device.id}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        {doing === 'associate' && <AssociateForm device={device} bed={bed} close={close} />}
        {doing === 'end' && <EndForm device={device} close={close} />}
      </Modal>
    </div>
  );
}
