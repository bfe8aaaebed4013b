import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { layerRules } from './scripts/layer-rules.mjs';

const COUNTED = { skipBlankLines: true, skipComments: true };

/**
 * Looked at twice, not forbidden.
 * @param {number} max lines of a file
 * @returns {import('eslint').Linter.RulesRecord}
 */
const size = (max) => ({
  'max-lines': ['warn', { max, ...COUNTED }],
  'max-lines-per-function': ['warn', { max: 40, ...COUNTED }],
});

const IGNORE_UNDERSCORE = { argsIgnorePattern: '^_', varsIgnorePattern: '^_' };

/**
 * Tests hand in what no type allows and read what they find: a wrong guess there fails the test.
 * @type {import('eslint').Linter.RulesRecord}
 */
const LOOSER_IN_TESTS = {
  'max-lines-per-function': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-implied-eval': 'off',
  '@typescript-eslint/no-misused-promises': 'off',
  '@typescript-eslint/no-misused-spread': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  '@typescript-eslint/restrict-template-expressions': 'off',
  '@typescript-eslint/unbound-method': 'off',
};

export default defineConfig(
  globalIgnores([
    'dist',
    'public',
    'test-results',
    'playwright-report',
    '.cache',
    'tests/fixtures',
  ]),
  js.configs.recommended,
  tseslint.configs.strict,
  svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-undef': 'off', // the type check does it, and knows types
      '@typescript-eslint/no-extraneous-class': ['error', { allowEmpty: true }],
      '@typescript-eslint/no-unused-vars': ['error', IGNORE_UNDERSCORE],
      ...size(200),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeCheckedOnly],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off', // `return response.end()` reads well
      // Takes what another thread sent, or a callback changed meanwhile, for impossible.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/require-await': 'off', // what implements a port need not wait for anything
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['src/ml/**'], // kernels walk typed arrays whose lengths they made themselves
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  layerRules(),
  { files: ['src/workers/*'], rules: size(60) },
  { files: ['tests/**'], rules: LOOSER_IN_TESTS },
);
