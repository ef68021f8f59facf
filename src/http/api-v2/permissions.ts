/** What routes ask of a key. RevenueCat REST API v2, permissions. */
export type Permission =
  | 'project_configuration:virtual_currencies:read'
  | 'project_configuration:virtual_currencies:read_write'
  | 'customer_information:purchases:read'
  | 'customer_information:purchases:read_write'

/** The scope of a key that may do everything in its project. */
const EVERYTHING = '*'

/** Whether a key with these scopes has a permission. Whoever may write may also read. */
export function isPermitted(scopes: readonly string[], permission: Permission): boolean {
  if (scopes.includes(EVERYTHING) || scopes.includes(permission)) return true
  return permission.endsWith(':read') && scopes.includes(`${permission}_write`)
}
