import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import classes from './DataTable.module.css';

export interface Column<T> {
  name: string;
  cell: (row: T) => ReactNode;
  /** Right-aligned tabular figures. */
  numeric?: boolean;
  /** Column is left out below this width; what it says must not be needed to act. */
  from?: 'tablet' | 'desktop';
  width?: string;
}

interface Props<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  /** A struck-out row (entered in error). */
  struck?: (row: T) => boolean;
  /** Rendered in a full-width row under the row. */
  detail?: (row: T) => ReactNode | undefined;
}

const virtualFrom = 100;
const classNames = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(' ') || undefined;

/** A plain table for up to 100 rows; above that only the rows near the screen are in the document. */
export function DataTable<T>(props: Props<T>) {
  return props.rows.length > virtualFrom ? <VirtualTable {...props} /> : <Frame {...props} total={props.rows.length}>{props.rows.map((row) => <Row key={props.rowKey(row)} row={row} {...props} />)}</Frame>;
}

function VirtualTable<T>(props: Props<T>) {
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  // Notices above the table come and go, and with them the place where it begins.
  useLayoutEffect(() => {
    const measure = () => setTop(Math.round((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    measure();
    return () => observer.disconnect();
  }, []);
  // The compiler-style memoisation rule does not know this hook; nothing here is memoised by hand.
   
  const virtual = useWindowVirtualizer({
    count: props.rows.length,
    estimateSize: () => 37,
    overscan: 20,
    scrollMargin: top,
    getItemKey: (index) => props.rowKey(props.rows[index]!),
  });
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <div ref={body}>
      <Frame {...props} total={props.rows.length}>
        {before > 0 && <Spacer height={before} columns={props.columns.length} />}
        {items.map((item) => <Row key={item.key} index={item.index} measure={virtual.measureElement} row={props.rows[item.index]!} {...props} />)}
        {after > 0 && <Spacer height={after} columns={props.columns.length} />}
      </Frame>
    </div>
  );
}

const Spacer = ({ height, columns }: { height: number; columns: number }) => (
  <tbody aria-hidden="true" className={classes.spacer}>
    <tr style={{ height }}>
      <td colSpan={columns} />
    </tr>
  </tbody>
);

function Frame<T>({ caption, columns, total, children }: Props<T> & { total: number; children: ReactNode }) {
  return (
    <table className={classes.table} aria-rowcount={total + 1}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" style={column.width ? ({ '--w': column.width } as CSSProperties) : undefined} className={cellClass(column)}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  );
}

const cellClass = <T,>(column: Column<T>) => classNames(column.numeric && classes.numeric, column.from && classes[column.from]);

interface RowProps<T> extends Props<T> {
  row: T;
  index?: number;
  measure?: (element: HTMLElement | null) => void;
}

function Row<T>({ row, columns, struck, detail, index, measure }: RowProps<T>) {
  const below = detail?.(row);
  return (
    // A body of its own, so that the row and what opens below it are measured together.
    <tbody ref={measure} data-index={index}>
      <tr aria-rowindex={index === undefined ? undefined : index + 2} className={classNames(struck?.(row) && classes.struck)}>
        {columns.map((column) => (
          <td key={column.name} className={cellClass(column)}>
            {column.cell(row)}
          </td>
        ))}
      </tr>
      {below && (
        <tr className={classes.detail}>
          <td colSpan={columns.length}>{below}</td>
        </tr>
      )}
    </tbody>
  );
}
