// The pages of the rail, and who they are for. What one may not open is not offered; the server refuses it all the same.
import { AccessIcon, AlertIcon, AuditIcon, DeviceIcon, EmergencyIcon, PathIcon, PatientsIcon, PersonIcon, SystemIcon, WardIcon } from '../ui/icons';
import { hasRole, may, ownPatient, type Account } from '../session/session.api';

export interface Page {
  to: string;
  /** Addresses that belong to the same entry. */
  also?: string[];
  label: string;
  /** The letter after `g`. */
  key: string;
  Icon: (props: { size?: number }) => React.ReactNode;
  group: 'Care' | 'Operation' | 'Protection';
  for: (account: Account) => boolean;
}

/** Roles that a row of the table of permissions lets find patients. */
const findsPatients = ['physician', 'nurse', 'operations-manager', 'researcher', 'privacy-officer', 'local'];

/** Whether somebody looks for patients: not those who have only their own record, and not those who see none. */
export const looksForPatients = (account: Account): boolean => hasRole(account, ...findsPatients) || account.roles.length === 0 || (hasRole(account, 'patient') && !ownPatient(account));

/** Whether somebody stands at the bedside: what they see there is theirs to act on. */
const atBedside = (account: Account): boolean => hasRole(account, 'physician', 'nurse', 'local') || account.roles.length === 0;

export const pages: Page[] = [
  { to: '/ward', label: 'Ward', key: 'w', Icon: WardIcon, group: 'Care', for: atBedside },
  { to: '/patients', label: 'Patients', key: 'p', Icon: PatientsIcon, group: 'Care', for: looksForPatients },
  { to: '/alerts', label: 'Alerts', key: 'i', Icon: AlertIcon, group: 'Care', for: atBedside },
  { to: '/my-record', label: 'My record', key: 'm', Icon: PersonIcon, group: 'Care', for: (a) => ownPatient(a) !== undefined },
  { to: '/who-looked', label: 'Who looked', key: 'o', Icon: AuditIcon, group: 'Care', for: (a) => ownPatient(a) !== undefined || /^RelatedPerson\//.test(a.person ?? '') },
  { to: '/alerts/burden', also: ['/alerts'], label: 'Alerts', key: 'i', Icon: AlertIcon, group: 'Operation', for: (a) => may(a, 'monitoring.view') && !atBedside(a) },
  { to: '/devices', label: 'Devices', key: 'd', Icon: DeviceIcon, group: 'Operation', for: (a) => may(a, 'monitoring.view') },
  { to: '/fhirpath', label: 'FHIRPath', key: 'f', Icon: PathIcon, group: 'Operation', for: (a) => !hasRole(a, 'patient', 'executive') },
  { to: '/system', label: 'System', key: 's', Icon: SystemIcon, group: 'Operation', for: (a) => may(a, 'system.view') },
  { to: '/users', also: ['/permissions', '/apps'], label: 'Access', key: 'a', Icon: AccessIcon, group: 'Protection', for: (a) => may(a, 'users.manage') },
  { to: '/apps', also: ['/permissions'], label: 'Access', key: 'a', Icon: AccessIcon, group: 'Protection', for: (a) => may(a, 'apps.manage') && !may(a, 'users.manage') },
  { to: '/permissions', label: 'Access', key: 'a', Icon: AccessIcon, group: 'Protection', for: (a) => may(a, 'audit.read') && !may(a, 'users.manage') && !may(a, 'apps.manage') },
  { to: '/audit', label: 'Audit', key: 'l', Icon: AuditIcon, group: 'Protection', for: (a) => may(a, 'audit.read') },
  { to: '/emergency', label: 'Reviews', key: 'e', Icon: EmergencyIcon, group: 'Protection', for: (a) => may(a, 'breakglass.review') },
];

export const pagesFor = (account: Account | null): Page[] => (account ? pages.filter((page) => page.for(account)) : []);
