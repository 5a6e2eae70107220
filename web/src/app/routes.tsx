// Every route of the application. Each feature is loaded when it is first visited.
import { createBrowserRouter, type RouteObject } from 'react-router';
import { Home, MyRecord } from './Home';
import { NotFound } from './NotFound';
import { Needs, RequireSession } from './RequireSession';
import { RouteError } from './RouteError';
import { Shell } from './Shell';

const needs = (permission: string, children: RouteObject[]): RouteObject => ({ element: <Needs permission={permission} />, children });

const before: RouteObject[] = [
  { path: 'sign-in', lazy: async () => ({ Component: (await import('../features/sign-in/SignInPage')).SignInPage }) },
  { path: 'first-run', lazy: async () => ({ Component: (await import('../features/sign-in/FirstRunPage')).FirstRunPage }) },
  { path: 'one-time/:token', lazy: async () => ({ Component: (await import('../features/sign-in/OneTimePage')).OneTimePage }) },
];

const care: RouteObject[] = [
  { path: 'patients', lazy: async () => ({ Component: (await import('../features/patients/PatientsPage')).PatientsPage }) },
  {
    path: 'patients/:patientId',
    lazy: async () => ({ Component: (await import('../features/chart/ChartPage')).ChartPage }),
    children: [
      { index: true, lazy: async () => ({ Component: (await import('../features/chart/OverviewTab')).OverviewTab }) },
      { path: 'vitals', lazy: async () => ({ Component: (await import('../features/chart/VitalsTab')).VitalsTab }) },
      { path: 'live', lazy: async () => ({ Component: (await import('../features/chart/LiveTab')).LiveTab }) },
      { path: 'labs', lazy: async () => ({ Component: (await import('../features/chart/LabsTab')).LabsTab }) },
      { path: ':list', lazy: async () => ({ Component: (await import('../features/chart/ListTab')).ListTab }) },
    ],
  },
  { path: 'my-record', Component: MyRecord },
  { path: 'who-looked', lazy: async () => ({ Component: (await import('../features/audit/WhoLookedPage')).WhoLookedPage }) },
];

const monitoring: RouteObject[] = [
  { path: 'ward', lazy: async () => ({ Component: (await import('../features/ward/WardsPage')).WardsPage }) },
  { path: 'ward/:location', lazy: async () => ({ Component: (await import('../features/ward/WardPage')).WardPage }) },
  { path: 'alerts', lazy: async () => ({ Component: (await import('../features/alerts/AlertsPage')).AlertsPage }) },
  needs('monitoring.view', [
    { path: 'alerts/burden', lazy: async () => ({ Component: (await import('../features/alerts/BurdenPage')).BurdenPage }) },
    { path: 'alerts/rules', lazy: async () => ({ Component: (await import('../features/alerts/RulesPage')).RulesPage }) },
    { path: 'devices', lazy: async () => ({ Component: (await import('../features/devices/DevicesPage')).DevicesPage }) },
  ]),
];

const protection: RouteObject[] = [
  needs('users.manage', [
    { path: 'users', lazy: async () => ({ Component: (await import('../features/access/UsersPage')).UsersPage }) },
    { path: 'users/:userId', lazy: async () => ({ Component: (await import('../features/access/UserPage')).UserPage }) },
  ]),
  { path: 'permissions', lazy: async () => ({ Component: (await import('../features/access/PermissionsPage')).PermissionsPage }) },
  needs('apps.manage', [{ path: 'apps', lazy: async () => ({ Component: (await import('../features/access/AppsPage')).AppsPage }) }]),
  needs('audit.read', [{ path: 'audit', lazy: async () => ({ Component: (await import('../features/audit/AuditPage')).AuditPage }) }]),
  needs('breakglass.review', [{ path: 'emergency', lazy: async () => ({ Component: (await import('../features/break-glass/ReviewPage')).ReviewPage }) }]),
];

const operation: RouteObject[] = [
  { path: 'fhirpath', lazy: async () => ({ Component: (await import('../features/fhirpath/FhirPathPage')).FhirPathPage }) },
  needs('system.view', [{ path: 'system', lazy: async () => ({ Component: (await import('../features/system/SystemPage')).SystemPage }) }]),
  { path: 'account', lazy: async () => ({ Component: (await import('../features/account/AccountPage')).AccountPage }) },
];

const inShell: RouteObject = {
  Component: Shell,
  children: [{ ErrorBoundary: RouteError, children: [{ index: true, Component: Home }, ...care, ...monitoring, ...protection, ...operation, { path: '*', Component: NotFound }] }],
};

export const router = createBrowserRouter([
  {
    path: '/',
    ErrorBoundary: RouteError,
    HydrateFallback: () => null,
    children: [
      ...before,
      // Consent is asked on a page of its own: nothing beside it invites to click.
      { Component: RequireSession, children: [{ path: 'consent', lazy: async () => ({ Component: (await import('../features/consent/ConsentPage')).ConsentPage }) }, inShell] },
    ],
  },
]);
