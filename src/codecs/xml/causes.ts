/** Why a frame is refused with `BAD_FRAME`: sentences for people, without anything from the frame. */
export const CAUSES = {
  empty: 'The frame is empty.',
  notUtf8: 'The frame is not UTF-8.',
  declaration: 'A DOCTYPE or another declaration is not allowed.',
  instruction: 'A processing instruction is not allowed.',
  malformed: 'The XML is not well-formed.',
  severalRoots: 'A frame is one element.',
  textOutside: 'A frame has no text outside its element.',
  tooDeep: 'The elements are nested too deeply.',
  tooManyAttributes: 'An element has too many attributes.',
  reservedName: 'A name is reserved.',
} as const;

export type Cause = keyof typeof CAUSES;
