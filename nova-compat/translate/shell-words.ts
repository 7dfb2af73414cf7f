/**
 * Splits a command line into words as a POSIX shell does, without its other meanings: quotes and backslashes count, `$`, `|`, `*`
 * and `&` are plain characters (as Python's `shlex.split`, which nova-docker used).
 * @returns null when a quotation does not end
 */
export function shellWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote === "'") {
      if (c === quote) quote = null;
      else word = (word ?? '') + c;
    } else if (c === '\\') {
      const next = text.charAt(++i);
      if (next === '') return null;
      // Inside double quotes a backslash is only special before these.
      const kept = quote === '"' && !'"\\$`\n'.includes(next) ? c : '';
      word = (word ?? '') + kept + next;
    } else if (quote === '"') {
      if (c === quote) quote = null;
      else word = (word ?? '') + c;
    } else if (c === "'" || c === '"') {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}

/**
 * A command as users write it in one text: shell words, or a JSON array of strings when it begins with `[`.
 * @returns null for what is neither
 */
export function commandWords(text: string): string[] | null {
  if (!text.trimStart().startsWith('[')) return shellWords(text);
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((w) => typeof w === 'string') ? value : null;
  } catch {
    return null;
  }
}
