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
    <EmptyState title="No patients to show">
      <p>Patients appear here as soon as the record holds one whom your role may see. To get some:</p>
      <ul>
        <li>
          import a folder of FHIR bundles or NDJSON: <code>./salus import &lt;folder&gt;</code>
        </li>
        <li>
          start the synthetic demo hospital: <code>./run.sh</code> with a data folder of its own (<code>--data</code>)
        </li>
        <li>
          or send one: <code>POST /fhir/Patient</code>
        </li>
      </ul>
    </EmptyState>
  );
}
