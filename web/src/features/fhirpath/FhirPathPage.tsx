import { Button } from '@mantine/core';
import { usePageTitle } from '../../ui/usePageTitle';
import { exampleExpressions } from './example';
import { ExpressionField } from './ExpressionField';
import classes from './FhirPathPage.module.css';
import { ResourceField } from './ResourceField';
import { Results } from './Results';
import { usePlayground } from './usePlayground';

/** An expression, a resource, and what comes out: answered while one types. */
export function FhirPathPage() {
  usePageTitle('FHIRPath');
  const { expression, setExpression, text, setText, on, stored, load, evaluation, idle, old } = usePlayground();
  const error = idle ? undefined : evaluation.data?.error;
  return (
    <div className={classes.page}>
      <div className={classes.heading}>
        <h1>FHIRPath</h1>
        <span className="meta">R4, strict: names that the type does not have are errors. Nothing is stored.</span>
      </div>
      <ExpressionField value={expression} change={setExpression} error={error?.stage === 'resource' ? undefined : error} />
      <ul className={classes.examples} aria-label="Examples">
        {exampleExpressions.map((example) => (
          <li key={example}>
            <Button variant="default" size="compact-xs" className="mono" onClick={() => setExpression(example)}>
              {example}
            </Button>
          </li>
        ))}
      </ul>
      <div className={classes.grid}>
        <Results idle={idle} answer={evaluation.data} failure={evaluation.isError ? evaluation.error : undefined} old={old} />
        <ResourceField
          text={text}
          change={setText}
          on={on}
          load={load}
          loading={stored.isFetching}
          failure={stored.isError ? stored.error : undefined}
          problem={error?.stage === 'resource' ? error.message : undefined}
        />
      </div>
    </div>
  );
}
