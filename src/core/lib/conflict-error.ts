/**
 * A parallel request got there first, in a way that only shows after locks were taken. `Ctx.transaction` rolls back and
 * starts over; the second look sees what the other one did.
 */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
}
