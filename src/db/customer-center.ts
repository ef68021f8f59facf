import type {
  CustomerCenter,
  CustomerCenterReads,
  SupportTicket,
  TxCustomerCenter,
} from '../usecases/ports/customer-center.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const OF_PROJECT = statement(
  'customer_centers.of_project',
  'select document, actor, updated_at as "updatedAt" from customer_centers where project_id = $1',
)
const SET = statement(
  'customer_centers.set',
  `insert into customer_centers (project_id, document, actor, updated_at) values ($1, $2, $3, $4)
   on conflict (project_id) do update set document = excluded.document, actor = excluded.actor,
     updated_at = excluded.updated_at`,
)
const TICKETS = statement(
  'support_tickets.latest',
  `select ticket_id as "ticketId", app_user_id as "appUserId", email, description, created_at as "createdAt"
   from support_tickets where project_id = $1 and ($2::text is null or ticket_id < $2) order by ticket_id desc limit $3`,
)
const INSERT_TICKET = statement(
  'support_tickets.insert',
  `insert into support_tickets (bucket, customer_id, ticket_id, project_id, app_user_id, email, description, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)
const DELETE_BEYOND = statement(
  'support_tickets.delete_beyond',
  `delete from support_tickets where bucket = $1 and customer_id = $2 and ticket_id in (
     select ticket_id from support_tickets where bucket = $1 and customer_id = $2 order by ticket_id desc offset $3)`,
)
const MOVE = statement(
  'support_tickets.move',
  `with taken as (delete from support_tickets where bucket = $1 and customer_id = $2 returning *)
   insert into support_tickets (bucket, customer_id, ticket_id, project_id, app_user_id, email, description, created_at)
   select $3, $4, ticket_id, project_id, app_user_id, email, description, created_at from taken`,
)

export function customerCenterReads(query: Query): CustomerCenterReads {
  return {
    ofProject: async (projectId) => (await query<CustomerCenter>(OF_PROJECT, [projectId]))[0] ?? null,
    tickets: (projectId, { before, limit }) => query<SupportTicket>(TICKETS, [projectId, before, limit]),
  }
}

export function customerCenterRows(query: Query): TxCustomerCenter {
  return {
    async set(projectId, { document, actor, updatedAt }) {
      await query(SET, [projectId, JSON.stringify(document), actor, timeOf(updatedAt)])
    },
    async insertTicket({ bucket, customerId, projectId }, { ticketId, appUserId, email, description, createdAt }) {
      const values = [bucket, customerId, ticketId, projectId, appUserId, email, description, timeOf(createdAt)]
      await query(INSERT_TICKET, values)
    },
    async deleteTicketsBeyond({ bucket, customerId }, count) {
      await query(DELETE_BEYOND, [bucket, customerId, count])
    },
    async moveTickets(from, to) {
      await query(MOVE, [from.bucket, from.customerId, to.bucket, to.customerId])
    },
  }
}
