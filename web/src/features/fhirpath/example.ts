/** What the page starts with: a made-up person, and expressions that show what the language can do. */
export const exampleResource = `{
  "resourceType": "Patient",
  "active": true,
  "name": [
    { "use": "official", "family": "Bergström", "given": ["Ada", "Linnea"] },
    { "use": "nickname", "given": ["Lin"] }
  ],
  "telecom": [
    { "system": "phone", "value": "+46 8 555 01 23", "use": "home" },
    { "system": "email", "value": "ada@example.org" }
  ],
  "gender": "female",
  "birthDate": "1954-03-09",
  "multipleBirthInteger": 2
}
`;

export const exampleExpressions = [
  "name.where(use = 'official').given",
  "telecom.where(system = 'phone').value",
  'birthDate <= today() - 65 years',
  "name.select(given.first() & ' ' & family)",
  'multipleBirth.ofType(integer) > 1',
  "180 'mg/dL' = 1.8 'g/L'",
];
