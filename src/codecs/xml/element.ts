/** One element of a frame, as every XML dialect reads it. Namespaces are part of the names. */
export interface Element {
  readonly name: string;
  /** References decoded, line ends and tabs as XML says: blanks unless they were references. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** The text and CDATA directly in the element, joined; neither trimmed nor converted. */
  readonly text: string;
}
