/** Where the test files of each kind live. test/tidy checks that every *.test.ts is in one place: others would never run. */
export const testPlaces = {
  unit: [
    'src/**/*.test.ts',
    'client/src/**/*.test.ts',
    'test/tidy/**/*.test.ts',
    'test/support/**/*.test.ts',
    'bench/**/*.test.ts',
  ],
  integration: ['integration', 'stories', 'contract'].map((folder) => `test/${folder}/**/*.test.ts`),
  simulation: ['test/simulation/**/*.test.ts'],
  e2e: ['test/e2e/**/*.test.ts'],
  crash: ['test/crash/**/*.test.ts'],
  chaos: ['test/chaos/**/*.test.ts'],
}
