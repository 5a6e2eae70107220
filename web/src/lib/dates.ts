// Dates as the UK's Common User Interface guidance shows them: 15-Nov-1976, never 11/15/76, so that day and month can't be swapped.
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const two = (n: number) => String(n).padStart(2, '0');
const partial = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/** Milliseconds since 1970 of a FHIR date, dateTime or instant; a partial date counts from its first day (local). Undefined if unreadable. */
export function instantOf(value: string | undefined): number | undefined {
  if (!value) return undefined;
  const parts = partial.exec(value);
  const time = parts ? new Date(Number(parts[1]), Number(parts[2] ?? 1) - 1, Number(parts[3] ?? 1)).getTime() : Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** `15-Nov-1976`, or as much of it as is known: `Nov-1976`, `1976`. */
export function formatDate(value: string | number | undefined): string {
  if (typeof value === 'string') {
    const parts = partial.exec(value);
    if (parts) return [parts[3], parts[2] && months[Number(parts[2]) - 1], parts[1]].filter(Boolean).join('-');
  }
  const time = typeof value === 'number' ? value : instantOf(value);
  if (time === undefined) return '–';
  const d = new Date(time);
  return `${two(d.getDate())}-${months[d.getMonth()]}-${d.getFullYear()}`;
}

/** `15-Nov-1976 08:05` in the browser's zone; a value that carries no time gives the date alone. */
export function formatDateTime(value: string | number | undefined): string {
  if (value === undefined || value === '') return '–';
  if (typeof value === 'string' && partial.test(value)) return formatDate(value);
  const time = typeof value === 'number' ? value : instantOf(value);
  return time === undefined ? '–' : `${formatDate(time)} ${formatTime(time)}`;
}

export function formatTime(time: number): string {
  const d = new Date(time);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** `15-Nov-1976 08:05:09` in the browser's zone, where what follows shortly after has to be told apart. */
export function formatSeconds(value: string): string {
  const time = instantOf(value);
  return time === undefined ? '–' : `${formatDateTime(time)}:${two(new Date(time).getSeconds())}`;
}

/** Full date, time, seconds and zone for titles. */
export function formatExact(value: string | undefined): string {
  const time = instantOf(value);
  if (!value || time === undefined || partial.test(value)) return formatDate(value);
  const d = new Date(time);
  const offset = -d.getTimezoneOffset();
  const zone = offset === 0 ? 'UTC' : `UTC${offset > 0 ? '+' : '-'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${formatDateTime(time)}:${two(d.getSeconds())} ${zone}`;
}

/** Whole years between two FHIR dates; undefined when the birth date is unknown. A birth year alone gives the larger possible age. */
export function yearsBetween(birth: string | undefined, at: Date): number | undefined {
  const parts = birth ? partial.exec(birth.slice(0, 10)) : null;
  if (!parts) return undefined;
  const [year, month, dayOfMonth] = [Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)];
  const before = at.getMonth() + 1 < month || (at.getMonth() + 1 === month && at.getDate() < dayOfMonth);
  return at.getFullYear() - year - (before ? 1 : 0);
}

/** Age in the unit a ward uses: hours and days for newborns, weeks, months, then years: `3 d`, `7 w`, `14 m`, `50 y`. */
export function formatAge(birth: string | undefined, at: Date): string | undefined {
  const years = yearsBetween(birth, at);
  const start = instantOf(birth);
  if (years === undefined || start === undefined) return undefined;
  if (birth && birth.length < 10) return `about ${years} y`;
  const days = Math.floor((at.getTime() - start) / day);
  if (days < 0) return undefined;
  if (days < 28) return `${days} d`;
  if (days < 365) return `${Math.floor(days / 7)} w`;
  if (years < 2) return `${Math.floor(days / 30.44)} m`;
  return `${years} y`;
}

/** How long ago, short: `now`, `4 min ago`, `3 h ago`, `2 d ago`, `5 mo ago`, `7 y ago`; a future time says `in ...`. */
export function formatAgo(time: number, now: number): string {
  const past = now - time;
  const length = formatLength(Math.abs(past));
  if (Math.abs(past) < minute) return 'now';
  return past > 0 ? `${length} ago` : `in ${length}`;
}

/** A length of time in its largest sensible unit: `45 s`, `4 min`, `3 h`, `2 d`, `5 mo`, `7 y`. */
export function formatLength(ms: number): string {
  if (ms < minute) return `${Math.round(ms / 1000)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h`;
  if (ms < 60 * day) return `${Math.floor(ms / day)} d`;
  if (ms < 730 * day) return `${Math.floor(ms / (30.44 * day))} mo`;
  return `${Math.floor(ms / (365.25 * day))} y`;
}

const monthNumber = (word: string) => months.findIndex((m) => m.toLowerCase() === word.slice(0, 3).toLowerCase()) + 1;

function iso(year: number, month: number, dayOfMonth: number): string | undefined {
  const d = new Date(year, month - 1, dayOfMonth);
  const real = d.getFullYear() === year && d.getMonth() === month - 1 && d.getDate() === dayOfMonth;
  return real ? `${year}-${two(month)}-${two(dayOfMonth)}` : undefined;
}

/** Reads a date as people type it: 1976-11-15, 15-Nov-1976, 15.11.1976, 15/11/1976 (day first), 1976-11, 1976. Undefined if it is not one. */
export function parseTypedDate(text: string): string | undefined {
  const t = text.trim();
  const isoLike = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(t);
  if (isoLike) return iso(Number(isoLike[1]), Number(isoLike[2]), Number(isoLike[3]));
  const named = /^(\d{1,2})[-. ]?([A-Za-z]{3,9})[-. ]?(\d{4})$/.exec(t);
  if (named) return monthNumber(named[2]!) ? iso(Number(named[3]), monthNumber(named[2]!), Number(named[1])) : undefined;
  const european = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(t);
  if (european) return iso(Number(european[3]), Number(european[2]), Number(european[1]));
  const monthOnly = /^((?:18|19|20)\d{2})-(\d{2})$/.exec(t);
  if (monthOnly) return Number(monthOnly[2]) >= 1 && Number(monthOnly[2]) <= 12 ? t : undefined;
  return /^(18[5-9]\d|19\d{2}|20\d{2})$/.test(t) ? t : undefined;
}
