import { isUtf8 } from 'node:buffer';

/** Escapes the one character that `unescape()` of ActionScript would not leave alone. */
export function escapePercent(value: string): string {
  return value.replaceAll('%', '%25');
}

/** What `escape()` of ActionScript made of a value: UTF-8 since Flash 6, Latin-1 before. */
export function unescapePercent(value: string): string {
  if (!value.includes('%')) return value;
  return value.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escaped) => {
    const bytes = Buffer.from(escaped.replaceAll('%', ''), 'hex');
    return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  });
}
