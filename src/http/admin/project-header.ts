import { Type } from 'typebox'

/** The header that names a project, for the descriptions of routes. Who reads it is `AdminDeps.projectFor`. */
export const projectHeader = {
  'x-purser-project': Type.Optional(
    Type.String({ description: 'The id of the project; needed where the server has several.' }),
  ),
}
