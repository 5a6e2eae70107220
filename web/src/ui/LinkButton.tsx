import classes from './LinkButton.module.css';

/** A button that reads as the text of its row: opens and closes what stands below it. */
export function LinkButton({ expanded, onClick, children }: { expanded: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className={classes.button} data-row-link aria-expanded={expanded} onClick={onClick}>
      <span aria-hidden="true" className={classes.sign}>
        {expanded ? '▾' : '▸'}
      </span>
      {children}
    </button>
  );
}
