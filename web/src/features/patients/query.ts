import { parseTypedDate } from '../../lib/dates';

/** What a typed line means: words of the name, a birth date, an identifier, or words that could be either of the last and the first. */
export interface PatientQuery {
  name: string[];
  birthdate?: string;
  identifier?: string;
  /** A single mixed token such as `Smith123`: looked up as a name first, then as an identifier. */
  ambiguous?: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads one line: `huels ammie 15-Nov-1976`, `408 177 2950`, `#A-17`, `urn:mrn|4711`. Commas are separators. */
export function parsePatientQuery(text: string): PatientQuery {
  const query: PatientQuery = { name: [] };
  const spokenNumber = text.trim().replace(/ /g, '');
  if (/^\d{7,}$/.test(spokenNumber) && parseTypedDate(text) === undefined) return { name: [], identifier: spokenNumber };
  for (const token of joinSpokenDates(text.split(/[\s,]+/).filter(Boolean))) {
    const date = parseTypedDate(token);
    if (date) query.birthdate = date;
    else if (token.startsWith('#')) query.identifier = token.slice(1) || undefined;
    else if (token.includes('|') || uuid.test(token) || (/\d/.test(token) && !/\p{L}/u.test(token))) query.identifier = token;
    else if (/\d/.test(token)) query.ambiguous = token;
    else query.name.push(token);
  }
  return query;
}

/** `15 Nov 1976` is one date though it is three words. */
function joinSpokenDates(tokens: string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const three = tokens.slice(i, i + 3).join('-');
    if (/^\d{1,2}-[A-Za-z]{3,9}-\d{4}$/.test(three) && parseTypedDate(three)) {
      joined.push(three);
      i += 2;
    } else joined.push(tokens[i]!);
  }
  return joined;
}

/** The searches to try in order; the first that finds anyone is the answer. Repeated parameters are a FHIR "and". */
export function searchesFor(query: PatientQuery): [string, string][][] {
  const base: [string, string][] = query.name.map((word) => ['name', word]);
  if (query.birthdate) base.push(['birthdate', query.birthdate]);
  if (query.identifier) base.push(['identifier', query.identifier]);
  if (!query.ambiguous) return [base];
  return [[...base, ['name', query.ambiguous]], [...base, ['identifier', query.ambiguous]]];
}
