/**
 * An app user id that the project has blocked was about to become a name of a customer. Thrown out of whatever was under
 * way, since any call may bring a new id; each surface answers it as an id that is not valid.
 */
export class AppUserIdBlocked extends Error {
  override readonly name = 'AppUserIdBlocked'

  constructor() {
    super('the app user id is blocked in this project')
  }
}
