/** A small line without axes; the figures stand beside it, so it is hidden from screen readers. */
export function Sparkline({ values, width = 96, height = 24, band }: { values: number[]; width?: number; height?: number; band?: { low?: number; high?: number } }) {
  if (values.length < 2) return <span className="meta">–</span>;
  const limits = [band?.low, band?.high].filter((n): n is number => n !== undefined);
  const low = Math.min(...values, ...limits);
  const high = Math.max(...values, ...limits);
  const x = (i: number) => 2 + (i * (width - 4)) / (values.length - 1);
  const y = (v: number) => (high === low ? height / 2 : height - 3 - ((v - low) * (height - 6)) / (high - low));
  const top = y(band?.high ?? high);
  const bottom = y(band?.low ?? low);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false" style={{ verticalAlign: 'middle' }}>
      {limits.length > 0 && <rect x="0" y={top} width={width} height={Math.max(1, bottom - top)} fill="var(--band)" />}
      <polyline points={values.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(' ')} fill="none" stroke="var(--series-1)" strokeWidth="1.5" strokeLinejoin="round" />
      <circle cx={x(values.length - 1)} cy={y(values.at(-1)!)} r="2" fill="var(--series-1)" />
    </svg>
  );
}
