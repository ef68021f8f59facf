import type { App, Project } from '../../core/projects/project.ts'

/** Where the receipts of a file go. */
export type RowPlace = {
  project: Project
  apps: readonly App[]
  /** The app of rows that name neither app nor store; null when none was chosen. */
  chosen: App | null
  /** Whether webhooks are told of what is found. History usually should not. */
  createsEvents: boolean
}
