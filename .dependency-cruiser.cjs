/**
 * The dependency rule of ARCHITECTURE.md as a machine sees it: each room of src/ lists the rooms it may import.
 * Data flows one way (http -> usecases -> core), so an import against the flow is a design mistake, not a detail.
 * Tests beside the sources are not read here, and their fixtures are not judged: a test may import whatever it needs to
 * check its neighbour.
 */

const ports = '^src/usecases/ports(\\.ts$|/)'

/** Matches a folder or a single file of src/ by its name: room('app') is src/app.ts and src/app/**. */
const room = (name) => `^src/${name}(\\.ts$|/)`

/** Files of one room may import only the listed paths of src/. */
const only = (name, allowed, comment) => ({
  name: `${name}-imports`,
  comment,
  severity: 'error',
  from: { path: room(name) },
  to: { path: '^src/', pathNot: [room(name), ...allowed] },
})

/** A pure room: not even Node's own modules or a package. */
const pure = (name, comment) => ({
  name: `${name}-is-pure`,
  comment,
  severity: 'error',
  from: { path: room(name) },
  to: { pathNot: '^src/' },
})

const adapters = ['db', 'stores', 'credits-upstream']
const drivers = ['http', 'delivery', 'realtime', 'push', 'jobs']

const roomRules = [
  only('core', [], 'core knows only core'),
  pure('core', 'core is values in, values out: no Node modules, no packages'),
  only('usecases', [room('core')], 'use cases know core and the ports, never an adapter'),
  pure('usecases', 'use cases reach the world through ports only'),
  ...adapters.map((name) => only(name, [room('core'), ports], 'an adapter knows core and the ports it fulfils')),
  ...drivers.map((name) =>
    only(name, [room('usecases'), room('core'), room('telemetry')], 'what drives Purser calls use cases, no adapter'),
  ),
  only('telemetry', ['^src/core/lib/'], 'telemetry can be used everywhere, so it knows nothing'),
  only('config', [room('core')], 'settings are read and judged, nothing is started'),
  only('cli', ['app', 'config', 'usecases', 'core', 'telemetry'].map(room), 'commands go through the composition root'),
  only('main', [room('cli')], 'main.ts hands its arguments to the command line'),
]

const neighbourRules = [
  {
    name: 'ports-are-types',
    comment: 'an adapter takes interfaces from the ports (`import type`), no behaviour',
    severity: 'error',
    from: { path: adapters.map(room) },
    to: { path: ports, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'surface-not-surface',
    comment: 'an HTTP surface may import src/http/lib, never another surface',
    severity: 'error',
    from: { path: '^src/http/([^/]+)/', pathNot: '^src/http/lib/' },
    to: { path: '^src/http/', pathNot: ['^src/http/lib/', '^src/http/$1/'] },
  },
  {
    name: 'surface-file-not-surface',
    comment: 'so does a surface of one file; only server.ts mounts the surfaces',
    severity: 'error',
    from: { path: '^src/http/[^/]+\\.ts$', pathNot: '^src/http/server\\.ts$' },
    to: { path: '^src/http/', pathNot: '^src/http/lib/' },
  },
  {
    name: 'http-lib-not-surface',
    comment: 'what the surfaces share knows none of them',
    severity: 'error',
    from: { path: '^src/http/lib/' },
    to: { path: '^src/http/', pathNot: '^src/http/lib/' },
  },
  {
    name: 'store-not-store',
    comment: 'a store never imports another store, nor the registry that lists them',
    severity: 'error',
    from: { path: '^src/stores/([^/]+)/' },
    to: { path: '^src/stores/([^/]+/|registry\\.ts$)', pathNot: ['^src/stores/$1/', '^src/stores/lib/'] },
  },
  {
    name: 'app-only-from-cli',
    comment: 'the composition root is started by commands and tests',
    severity: 'error',
    from: { pathNot: [room('app'), room('cli')] },
    to: { path: room('app') },
  },
  {
    name: 'main-from-nobody',
    comment: 'importing the entry point would run it',
    severity: 'error',
    from: {},
    to: { path: '^src/main\\.ts$' },
  },
  {
    name: 'sources-not-tests',
    comment: 'what ships never imports what tests it',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(test|bench|scripts)/|/fixtures/' },
  },
]

const clientRules = [
  {
    name: 'client-is-alone',
    comment:
      'the client is a package of its own that runs anywhere: nothing of the server, no Node modules, no packages',
    severity: 'error',
    from: { path: '^client/' },
    to: { pathNot: '^client/' },
  },
  {
    name: 'server-not-client',
    comment: 'the server serves the client as a file and never runs it',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^client/' },
  },
]

const generalRules = [
  {
    name: 'no-cycles',
    comment: 'a cycle has no order in which to be understood; type imports count',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'a file that neither imports nor is imported is dead, or not wired yet',
    severity: 'error',
    from: { orphan: true, pathNot: '^src/main\\.ts$' },
    to: {},
  },
  {
    name: 'resolvable',
    comment: 'the import leads nowhere',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-dev-dependencies',
    comment: 'what ships imports only what is installed with it',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
]

const notForFixtures = (rule) => ({
  ...rule,
  from: { ...rule.from, pathNot: [rule.from.pathNot ?? [], '/fixtures/'].flat() },
})

module.exports = {
  forbidden: [...roomRules, ...neighbourRules, ...clientRules, ...generalRules].map(notForFixtures),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
}
