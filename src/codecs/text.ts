/**
 * A text in pieces of at most so many code points, for clients that cannot show a long one at once. A
 * text that fits is one piece; an empty text is one, too.
 */
export function inPieces(text: string, codePointsMax: number): string[] {
  // A code point is one or two units: so short a text needs no counting.
  if (text.length <= codePointsMax) return [text];
  const points = [...text];
  const pieces: string[] = [];
  for (let from = 0; from < points.length; from += codePointsMax) {
    pieces.push(points.slice(from, from + codePointsMax).join(''));
  }
  return pieces;
}
