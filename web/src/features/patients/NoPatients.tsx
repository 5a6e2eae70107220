import { EmptyState } from '../../ui/Notice';

export function NoPatients({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState title="No patient matches">
        Names match from their beginning; identifiers must be complete. Try fewer words, the birth year alone, or clear the field to see everyone.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="There are no patients yet">
      <p>Patients appear here as soon as the record holds a Patient resource. To get some:</p>
      <ul>
        <li>
          import a folder of FHIR bundles or NDJSON: <code>./run.sh import &lt;folder&gt;</code>
        </li>
        <li>
          start the synthetic demo hospital: <code>./run.sh demo</code>
        </li>
        <li>
          or send one: <code>POST /fhir/Patient</code>
        </li>
      </ul>
    </EmptyState>
  );
}
