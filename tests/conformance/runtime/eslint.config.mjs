// Names without a meaning and names without a use: what a migration may neither bring nor leave behind.
import globals from 'globals';
import typescript from 'typescript-eslint';

const unused = { args: 'after-used', argsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true };

export default [
  { ignores: ['**/node_modules/**', '**/dist/**'] },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs', '**/*.jsx'],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module', globals: { ...globals.node } },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', unused] },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parser: typescript.parser },
    plugins: { '@typescript-eslint': typescript.plugin },
    rules: { '@typescript-eslint/no-unused-vars': ['error', unused] },
  },
];
