const grouped = new Intl.NumberFormat('en', { useGrouping: true, maximumFractionDigits: 0 });

/** 1234567 → `1,234,567`. */
export const formatCount = (n: number): string => grouped.format(n);

/** At most four significant digits for derived figures such as 174.18337530687722; integers and short decimals stay as recorded. */
export function formatValue(value: number): string {
  const text = String(value);
  if (!text.includes('.') || text.replace(/[-.]/g, '').replace(/^0+/, '').length <= 4) return text;
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4)));
}

/** Bytes in binary units: `176 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const scaled = bytes / 2 ** (10 * step);
  return `${scaled >= 100 || step === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[step]}`;
}

/** An identifier in groups people can read aloud: 4081772950 → `408 177 2950`; letters and dashes stay as they are. */
export function groupDigits(value: string): string {
  if (!/^\d{7,}$/.test(value)) return value;
  const tail = value.slice(-4);
  const head = value.slice(0, -4).replace(/(\d)(?=(\d{3})+$)/g, '$1 ');
  return `${head} ${tail}`;
}
