/** The kinds of what is written into the trail, as the server names them, and their words. */
export const auditKinds = [
  ['read', 'Read'],
  ['versionRead', 'Read of an older version'],
  ['search', 'Search'],
  ['history', 'History'],
  ['create', 'Create'],
  ['update', 'Update'],
  ['delete', 'Delete'],
  ['operation', 'Operation'],
  ['export', 'Export'],
  ['view', 'View'],
  ['print', 'Print'],
  ['import', 'Import'],
  ['notification', 'Notification'],
  ['signIn', 'Sign-in'],
  ['signOut', 'Sign-out'],
  ['secondFactor', 'Second factor'],
  ['credential', 'Password, passkey, codes'],
  ['token', 'Token of an app'],
  ['consent', 'Consent to an app'],
  ['permissionChange', 'Change of permissions'],
  ['configurationChange', 'Change of configuration'],
  ['breakGlass', 'Emergency access'],
  ['breakGlassReview', 'Review of emergency access'],
  ['denied', 'Refused'],
  ['auditRead', 'Search of the audit trail'],
  ['seal', 'Seal of a day'],
].map(([value, label]) => ({ value: value!, label: label! }));

export const kindWords = (kind: string): string => auditKinds.find((k) => k.value === kind)?.label ?? kind;

/** https://hl7.org/fhir/R4/valueset-audit-event-outcome.html */
export const outcomes = [
  { value: 'success', label: 'Success' },
  { value: 'minorFailure', label: 'Refused or failed' },
  { value: 'seriousFailure', label: 'Serious failure' },
];
