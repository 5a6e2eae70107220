import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const features = ['patients', 'chart', 'fhirpath', 'system', 'sign-in', 'account', 'access', 'audit', 'break-glass', 'consent', 'ward', 'alerts', 'devices'];

/** app -> features -> {fhir, session, monitoring} -> ui -> lib. The wall is in the import paths: a folder may not name what stands above or beside it. */
const wall = (files, forbidden, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: forbidden, message }] }] },
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'public/', 'src/fhir/types.gen.ts'] },
  ...tseslint.configs.recommendedTypeChecked,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat.recommended,
  { languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js', 'scripts/*.mjs'] }, tsconfigRootDir: import.meta.dirname } } },
  {
    files: ['src/**'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'no-restricted-properties': ['error', { object: 'window', property: 'fetch', message: 'Requests go through lib/http.' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  ...features.map((feature) =>
    wall([`src/features/${feature}/**`], `(^|/)(app|features)/|^(\\.\\./)+(${features.filter((f) => f !== feature).join('|')})/`, 'A feature imports fhir, session, monitoring, ui and lib; never the app or another feature.'),
  ),
  wall(['src/fhir/**', 'src/session/**', 'src/monitoring/**'], '(^|/)(app|features)/', 'fhir, session and monitoring stand below the features.'),
  wall(['src/ui/**'], '(^|/)(app|features|fhir|session|monitoring)/', 'ui knows nothing of FHIR, nor of who is signed in.'),
  wall(['src/lib/**'], '(^|/)(app|features|fhir|session|monitoring|ui)/|^react', 'lib stands at the bottom and knows no React.'),
);
