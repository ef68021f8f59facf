import type { CustomerRef } from '../../core/customers/customer.ts'

/** What a project's apps show in their customer center: a document in the form that SDKs read. */
export type CustomerCenter = { document: object; actor: string; updatedAt: number }

/** What somebody wrote to the team from an app. */
export type SupportTicket = {
  ticketId: string
  appUserId: string
  email: string
  description: string
  createdAt: number
}

export type CustomerCenterReads = {
  /** Null when the project has none of its own. */
  ofProject(projectId: string): Promise<CustomerCenter | null>
  /** Tickets of a project, the latest first, those before the one named `before` if it is given. */
  tickets(projectId: string, page: { before: string | null; limit: number }): Promise<SupportTicket[]>
}

export type TxCustomerCenter = {
  set(projectId: string, center: CustomerCenter): Promise<void>
  insertTicket(ref: CustomerRef, ticket: SupportTicket): Promise<void>
  /** Keeps the latest tickets of a customer. */
  deleteTicketsBeyond(ref: CustomerRef, count: number): Promise<void>
  /** Gives the tickets of one customer to another. */
  moveTickets(from: CustomerRef, to: CustomerRef): Promise<void>
}
