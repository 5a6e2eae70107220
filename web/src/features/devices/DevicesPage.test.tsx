// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { here, renderAt } from '../../testing/page';
import { outcome, serve } from '../../testing/server';
import { DevicesPage } from './DevicesPage';

afterEach(cleanup);

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000 - 1_000).toISOString();
const devices = [
  { id: 'd1', identifier: 'MON-1', name: 'Monitor 1', status: 'active', metrics: ['heart-rate'], patient: 'p1', bed: 'b1', since: ago(300), lastSample: ago(7), samples: 12_345, rejections: { impossible: 3, 'made-up': 1 } },
  { id: 'd2', identifier: 'MON-2', name: 'Monitor 2', metrics: [], patient: null, bed: null, since: null, lastSample: null, samples: 0, rejections: {} },
];
const patient = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Osei', given: ['Ama'] }], birthDate: '1976-11-15', identifier: [{ value: '12345678', type: { coding: [{ code: 'MR' }] } }] };
const bundle = (...resources: object[]) => ({ body: { resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) } });
const server = (more = {}) => serve({ 'GET /monitoring/devices': { body: devices }, 'GET /fhir/Patient': bundle(patient), 'GET /fhir/Patient/p1': { body: patient }, 'GET /fhir/Location': bundle({ resourceType: 'Location', id: 'b1', name: 'Bed 7' }), ...more });
const routes = [{ path: '/devices', Component: DevicesPage }];

describe('the devices', () => {
  it('show_patient_bed_last_sample_and_why_samples_were_refused', async () => {
    server();
    const { router } = renderAt('/devices', routes);
    const row = (await screen.findByText('OSEI, Ama')).closest('tr')!;
    await waitFor(() => expect(row.textContent).toMatch(/Monitor 1 MON-1OSEI, AmaBed 77 min ago silent12,3454/));
    fireEvent.click(screen.getByRole('button', { name: /Monitor 1/ }));
    expect(screen.getByText(/a value that no living patient has/).textContent).toMatch(/^3 /);
    expect(screen.getAllByText('made-up').length).toBeGreaterThan(0);
    fireEvent.click(screen.getByLabelText('Free'));
    await waitFor(() => expect(here(router)).toBe('/devices?show=free'));
    expect(screen.queryByText('Monitor 1')).toBeNull();
    expect(screen.getByText('never')).toBeTruthy();
  });

  it('take_a_patient_who_is_chosen_by_name_birth_date_and_number', async () => {
    const asked = server({ 'POST /monitoring/devices/d2/association': { status: 422, body: outcome('value', 'There is no such Location.', 'bed') } });
    renderAt('/devices', routes);
    fireEvent.click(await screen.findByRole('button', { name: /Monitor 2/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Put a patient on it' }));
    const dialog = await screen.findByRole('dialog');
    const save = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Put this patient on it' });
    expect(save.disabled).toBe(true);
    fireEvent.change(within(dialog).getByLabelText('Name or number of the patient'), { target: { value: 'osei' } });
    fireEvent.click(await within(dialog).findByLabelText(/OSEI, Ama, born 15-Nov-1976, MRN 1234 5678|OSEI, Ama, born 15-Nov-1976/));
    fireEvent.change(within(dialog).getByLabelText('Bed (optional)'), { target: { value: 'Location/b9' } });
    fireEvent.click(save);
    expect(await within(dialog).findByText('There is no such Location.')).toBeTruthy();
    expect(asked.find((a) => a.method === 'POST')!.body).toEqual({ patient: 'p1', bed: 'b9' });
  });

  it('let_a_patient_go_only_after_saying_who_that_is', async () => {
    const asked = server({ 'DELETE /monitoring/devices/d1/association': {} });
    renderAt('/devices', routes);
    fireEvent.click(await screen.findByRole('button', { name: /Monitor 1/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Take the patient off it' }));
    const dialog = await screen.findByRole('dialog');
    const end = await within(dialog).findByRole('button', { name: 'Take this patient off' });
    expect(dialog.textContent).toMatch(/OSEI, Ama, born 15-Nov-1976/);
    fireEvent.click(end);
    await waitFor(() => expect(asked.some((a) => a.method === 'DELETE')).toBe(true));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});
