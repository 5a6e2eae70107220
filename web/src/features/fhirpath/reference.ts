/** `Type/id`, also from an address such as http://host/fhir/Patient/1/_history/2; undefined for anything else. */
export function referenceIn(text: string): string | undefined {
  const found = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?)\/?$/.exec(text.trim());
  return found?.[1];
}
