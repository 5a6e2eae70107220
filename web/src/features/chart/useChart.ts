import { useOutletContext } from 'react-router';
import type { Patient } from '../../fhir/types.gen';

export interface Chart {
  patientId: string;
  patient: Patient;
}

/** The patient whose chart the current tab belongs to. */
export const useChart = (): Chart => useOutletContext<Chart>();
