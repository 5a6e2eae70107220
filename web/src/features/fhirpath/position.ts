/** The text before, at and behind the place of an error. `at` is never empty, so that there is something to underline. */
export interface Marked {
  before: string;
  at: string;
  after: string;
}

/** Splits an expression at a position: the word that starts there or, without a word, one character; at the end, a blank. */
export function markedAt(expression: string, position: number): Marked {
  const start = Math.max(0, Math.min(position, expression.length));
  const rest = expression.slice(start);
  const at = /^[\p{L}\p{N}_]+/u.exec(rest)?.[0] ?? /^\S/u.exec(rest)?.[0] ?? rest.slice(0, 1);
  return { before: expression.slice(0, start), at: at === '' || at === '\n' ? ' ' : at, after: at === '\n' ? rest : rest.slice(at.length) };
}

/** `line 2, character 5`; only the character when there is one line. */
export function placeOf(expression: string, position: number): string {
  const lines = expression.slice(0, position).split('\n');
  const character = `character ${lines.at(-1)!.length + 1}`;
  return expression.includes('\n') ? `line ${lines.length}, ${character}` : character;
}
