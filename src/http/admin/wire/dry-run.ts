import { Type } from 'typebox'

/** The field by which a write is only tried; spread it into a body's schema. */
export const dryRunField = {
  dry_run: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Answer what would happen, and keep nothing. The query says the same.',
    }),
  ),
}

/** The query of routes that can be tried. A route without it refuses a dry run instead of carrying it out. */
export const DryRunQuery = Type.Object({
  dry_run: Type.Optional(Type.Boolean({ default: false, description: 'Another place for `dry_run`.' })),
})

/** The mark of an answer that only says what would be; spread it into an answer's schema. */
export const dryRunMark = {
  dry_run: Type.Optional(
    Type.Boolean({ description: 'True when nothing was kept: ids that were made for this answer name nothing.' }),
  ),
}
