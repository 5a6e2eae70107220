/** One problem as the server reports it, in FHIR (OperationOutcome.issue) words. */
export interface Problem {
  severity: string;
  code: string;
  text: string;
  where: string[];
}

/** A request that got an answer other than 2xx, or (status 0) no answer at all. */
export class HttpError extends Error {
  readonly status: number;
  readonly url: string;
  readonly problems: Problem[];
  /** Seconds to wait before another try, where the server said so. */
  readonly wait?: number;

  constructor(status: number, url: string, problems: Problem[], wait?: number) {
    super(problems[0]?.text ?? (status === 0 ? 'The server did not answer.' : `The server answered ${status}.`));
    this.name = 'HttpError';
    this.status = status;
    this.url = url;
    this.problems = problems;
    this.wait = wait;
  }
}

interface OutcomeLike {
  resourceType?: string;
  issue?: { severity?: string; code?: string; diagnostics?: string; details?: { text?: string }; expression?: string[] }[];
  title?: string;
  detail?: string;
}

/** Reads an OperationOutcome or a problem+json body; an unreadable body gives no problems. */
export function problemsOf(body: unknown): Problem[] {
  if (typeof body !== 'object' || body === null) return [];
  const outcome = body as OutcomeLike;
  if (outcome.resourceType === 'OperationOutcome') {
    return (outcome.issue ?? []).map((issue) => ({
      severity: issue.severity ?? 'error',
      code: issue.code ?? 'unknown',
      text: issue.diagnostics ?? issue.details?.text ?? issue.code ?? 'No details given.',
      where: issue.expression ?? [],
    }));
  }
  const text = outcome.detail ?? outcome.title;
  return text ? [{ severity: 'error', code: 'problem', text, where: [] }] : [];
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

// The token that shows that a request comes from these pages. Kept here alone: never in storage, where any script could read it later.
let antiforgery = '';
const unauthorized = new Set<() => void>();

/** The token of GET /access/session, sent with every unsafe request from now on. */
export const setAntiforgery = (token: string): void => void (antiforgery = token);

/** Calls back when any request is answered 401. Returns what ends it. */
export function onUnauthorized(listener: () => void): () => void {
  unauthorized.add(listener);
  return () => void unauthorized.delete(listener);
}

interface Question {
  accept: string;
  signal?: AbortSignal;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
}

async function answer(url: string, question: Question): Promise<Response> {
  const sent = antiforgery;
  let response = await ask(url, question);
  // The token belongs to a cookie that another tab may have changed meanwhile. With the new one the same is asked once more; nothing was done before.
  if (response.status === 403 && question.method && question.method !== 'GET' && (await tokenOfNow()) !== sent) response = await ask(url, question);
  if (response.status === 401) unauthorized.forEach((listener) => listener());
  return response;
}

async function tokenOfNow(): Promise<string> {
  const response = await ask('/access/session', { accept: 'application/json' });
  const token = response.ok ? ((await bodyOf(response)) as { antiforgery?: string } | undefined)?.antiforgery : undefined;
  if (token) antiforgery = token;
  return antiforgery;
}

async function ask(url: string, { accept, signal, method = 'GET', body }: Question): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (method !== 'GET' && antiforgery !== '') headers['X-Salus-Antiforgery'] = antiforgery;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(url, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new HttpError(0, url, []);
  }
}

/** GET of a JSON document. Throws HttpError for everything that is not 2xx with a JSON body. */
export async function getJson<T>(url: string, signal?: AbortSignal, accept = 'application/json'): Promise<T> {
  return jsonOf<T>(await answer(url, { accept, signal }), url);
}

/** POST of a question that changes nothing and is answered as JSON. Throws as getJson does. */
export async function postJson<T>(url: string, question: unknown, signal?: AbortSignal): Promise<T> {
  return jsonOf<T>(await answer(url, { accept: 'application/json', signal, method: 'POST', body: question }), url);
}

/** A request that changes something. The answer's body, undefined when it has none. Throws HttpError for everything that is not 2xx. */
export async function send<T = undefined>(method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<T> {
  const response = await answer(url, { accept: 'application/json', method, body });
  const answered = await bodyOf(response);
  if (!response.ok) throw new HttpError(response.status, url, problemsOf(answered), waitOf(response));
  return answered as T;
}

/** Seconds that a 429 or 503 asks to wait (RFC 9110, section 10.2.3; the form with a date is not used here). */
function waitOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** GET of a text as it stands. Throws HttpError for everything that is not 2xx. */
export async function getText(url: string, signal?: AbortSignal, accept = 'text/plain'): Promise<string> {
  const response = await answer(url, { accept, signal });
  if (!response.ok) throw new HttpError(response.status, url, problemsOf(await bodyOf(response)));
  return response.text();
}

async function jsonOf<T>(response: Response, url: string): Promise<T> {
  const body = await bodyOf(response);
  if (!response.ok) throw new HttpError(response.status, url, problemsOf(body));
  if (body === undefined) {
    throw new HttpError(response.status, url, [
      { severity: 'error', code: 'structure', text: 'The answer is not JSON. Is this address served by Salus?', where: [] },
    ]);
  }
  return body as T;
}

/** GET whose body means something even on 503 (readiness checks). */
export async function getJsonWhateverStatus<T>(url: string, signal?: AbortSignal): Promise<{ status: number; body: T | undefined }> {
  const response = await answer(url, { accept: 'application/json', signal });
  return { status: response.status, body: (await bodyOf(response)) as T | undefined };
}

/** POST of a question whose answer comes as lines of JSON, one after the other; each is given on as it comes. Throws as getJson does. */
export async function postLines(url: string, question: unknown, line: (value: unknown) => void, signal?: AbortSignal): Promise<void> {
  const response = await answer(url, { accept: 'application/x-ndjson', signal, method: 'POST', body: question });
  if (!response.ok || !response.body) throw new HttpError(response.status, url, problemsOf(await bodyOf(response)), waitOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = done ? '' : lines.pop()!;
    for (const text of lines) if (text !== '') line(JSON.parse(text));
    if (done) return;
  }
}
