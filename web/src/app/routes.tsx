// Every route of the application. Each feature is loaded when it is first visited.
import { createBrowserRouter, redirect } from 'react-router';
import { NotFound } from './NotFound';
import { RouteError } from './RouteError';
import { Shell } from './Shell';

export const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: RouteError,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: RouteError,
        children: [
          { index: true, loader: () => redirect('/patients') },
          { path: 'patients', lazy: async () => ({ Component: (await import('../features/patients/PatientsPage')).PatientsPage }) },
          {
            path: 'patients/:patientId',
            lazy: async () => ({ Component: (await import('../features/chart/ChartPage')).ChartPage }),
            children: [
              { index: true, lazy: async () => ({ Component: (await import('../features/chart/OverviewTab')).OverviewTab }) },
              { path: 'vitals', lazy: async () => ({ Component: (await import('../features/chart/VitalsTab')).VitalsTab }) },
              { path: 'labs', lazy: async () => ({ Component: (await import('../features/chart/LabsTab')).LabsTab }) },
              { path: ':list', lazy: async () => ({ Component: (await import('../features/chart/ListTab')).ListTab }) },
            ],
          },
          { path: 'fhirpath', lazy: async () => ({ Component: (await import('../features/fhirpath/FhirPathPage')).FhirPathPage }) },
          { path: 'system', lazy: async () => ({ Component: (await import('../features/system/SystemPage')).SystemPage }) },
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
]);
