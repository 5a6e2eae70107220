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

  constructor(status: number, url: string, problems: Problem[]) {
    super(problems[0]?.text ?? (status === 0 ? 'The server did not answer.' : `The server answered ${status}.`));
    this.name = 'HttpError';
    this.status = status;
    this.url = url;
    this.problems = problems;
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

async function answer(url: string, accept: string, signal?: AbortSignal, json?: string): Promise<Response> {
  try {
    return await fetch(url, json === undefined ? { headers: { Accept: accept }, signal } : { method: 'POST', headers: { Accept: accept, 'Content-Type': 'application/json' }, body: json, signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new HttpError(0, url, []);
  }
}

/** GET of a JSON document. Throws HttpError for everything that is not 2xx with a JSON body. */
export async function getJson<T>(url: string, signal?: AbortSignal, accept = 'application/json'): Promise<T> {
  return jsonOf<T>(await answer(url, accept, signal), url);
}

/** POST of a question that changes nothing and is answered as JSON. Throws as getJson does. */
export async function postJson<T>(url: string, question: unknown, signal?: AbortSignal): Promise<T> {
  return jsonOf<T>(await answer(url, 'application/json', signal, JSON.stringify(question)), url);
}

/** GET of a text as it stands. Throws HttpError for everything that is not 2xx. */
export async function getText(url: string, signal?: AbortSignal, accept = 'text/plain'): Promise<string> {
  const response = await answer(url, accept, signal);
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
  const response = await answer(url, 'application/json', signal);
  return { status: response.status, body: (await bodyOf(response)) as T | undefined };
}
