import { Type } from 'typebox'

/** The header that names a project, for the descriptions of routes. Who reads it is `AdminDeps.projectFor`. */
export const projectHeader = {
  'x-purser-project': Type.Optional(
    Type.String({ description: 'The id of the project; needed where the server has several.' }),
  ),
}

/** The headers of routes that change something. */
export const writeHeaders = Type.Object({
  ...projectHeader,
  'idempotency-key': Type.Optional(Type.String({ description: 'Another place for idempotency_key.' })),
})
