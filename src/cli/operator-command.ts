import { Command, InvalidArgumentError, Option } from 'commander'
import { createTokenSecrets } from '../app/token-secrets.ts'
import { DAY_MS } from '../core/lib/clock.ts'
import {
  isOperatorLimit,
  isOperatorName,
  OPERATOR_LIMIT_MAX,
  OPERATOR_ROLES,
  type Operator,
  type OperatorRole,
  type OperatorToken,
  TOKEN_DAYS_MAX,
} from '../core/operators/operator.ts'
import { createOperator, issueToken, type NewToken, revokeTokens } from '../usecases/operators/change-operators.ts'
import { listOperators } from '../usecases/operators/list-operators.ts'
import type { Ctx } from '../usecases/ports.ts'
import { chooseProject } from '../usecases/projects/choose-project.ts'
import { approvalThresholdCommand } from './approval-threshold-command.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

export function operatorCommand(): Command {
  return new Command('operator')
    .description('operators of the Admin Credits API: who may do what, by name')
    .addCommand(create())
    .addCommand(list())
    .addCommand(rotate())
    .addCommand(revoke())
    .addCommand(approvalThresholdCommand())
}

type CreateOptions = {
  role: OperatorRole
  project?: string
  allProjects?: boolean
  maxPerChange?: number
  maxPerDay?: number
  expiresInDays?: number
}

function create(): Command {
  return new Command('create')
    .description('add an operator and print it with a token: this is the only time that the token can be seen')
    .argument('<name>', 'who it is; the ledger repeats it, and it never changes', operatorName)
    .addOption(new Option('--role <role>', 'what the operator may do').choices(OPERATOR_ROLES).makeOptionMandatory())
    .option('--project <id>', 'the project to act in; may be left out when there is only one')
    .addOption(new Option('--all-projects', 'may act in all projects').conflicts('project'))
    .option('--max-per-change <units>', 'largest change', units)
    .option('--max-per-day <units>', 'units of each currency granted plus taken in a day (UTC)', units)
    .option('--expires-in-days <days>', 'how long the token is good; without it, until it is revoked', days)
    .action((name: string, options: CreateOptions) =>
      withContext(async ({ ctx }) => {
        const projectId = options.allProjects ? null : await projectOf(ctx, options.project)
        const limits = { maxPerChange: options.maxPerChange ?? null, maxPerDay: options.maxPerDay ?? null }
        const facts = { name, role: options.role, projectId, limits }
        const tokenExpiresAt = endOf(ctx, options.expiresInDays)
        const created = await createOperator(ctx, createTokenSecrets(), { ...facts, tokenExpiresAt })
        if (!created.ok) return fail(`the operator was not added: ${created.refusal.code}`)
        printJson({ ...operatorToJson(created.value.operator), ...newTokenToJson(created.value.token) })
      }),
    )
}

function list(): Command {
  return new Command('list')
    .description('print the operators with the tokens that are good now, as JSON')
    .option('--project <id>', 'only those of one project')
    .action(({ project }: { project?: string }) =>
      withContext(async ({ ctx }) => {
        const operators = await listOperators(ctx, project ?? null)
        printJson(operators.map((one) => ({ ...operatorToJson(one), tokens: one.tokens.map(tokenToJson) })))
      }),
    )
}

function rotate(): Command {
  return new Command('rotate')
    .description('add a token to an operator and print it; those before it stay good until they are revoked')
    .argument('<operator>', 'operator id')
    .option('--expires-in-days <days>', 'how long the token is good; without it, until it is revoked', days)
    .action((operatorId: string, { expiresInDays }: { expiresInDays?: number }) =>
      withContext(async ({ ctx }) => {
        const order = { operatorId, reach: null, expiresAt: endOf(ctx, expiresInDays) }
        const issued = await issueToken(ctx, createTokenSecrets(), order)
        if (!issued.ok) return fail(`no token was added: ${issued.refusal.code}; see 'purser operator list'`)
        printJson(newTokenToJson(issued.value))
      }),
    )
}

function revoke(): Command {
  return new Command('revoke')
    .description('end the tokens of an operator; servers notice within 5 seconds')
    .argument('<operator>', 'operator id')
    .option('--token <id>', 'only this one')
    .action((operatorId: string, { token }: { token?: string }) =>
      withContext(async ({ ctx }) => {
        const revoked = await revokeTokens(ctx, { operatorId, reach: null, tokenId: token ?? null })
        if (!revoked.ok) return fail(`nothing was revoked: ${revoked.refusal.code}; see 'purser operator list'`)
        print(`tokens revoked: ${revoked.value}`)
      }),
    )
}

async function projectOf(ctx: Ctx, named: string | undefined): Promise<string> {
  const chosen = await chooseProject(ctx, named ?? null)
  if (chosen.ok) return chosen.value
  if (chosen.refusal.code === 'project_unknown') return fail(`there is no project ${named}; see 'purser project list'`)
  return fail("say which: --project or --all-projects; see 'purser project list'")
}

function endOf(ctx: Ctx, inDays: number | undefined): number | null {
  return inDays === undefined ? null : ctx.clock.now() + inDays * DAY_MS
}

function operatorName(text: string): string {
  if (isOperatorName(text)) return text
  throw new InvalidArgumentError("1 to 100 letters, digits, blanks and . _ @ ' -")
}

function units(text: string): number {
  if (/^\d+$/.test(text) && isOperatorLimit(Number(text))) return Number(text)
  throw new InvalidArgumentError(`a whole number from 1 to ${OPERATOR_LIMIT_MAX}`)
}

function days(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= TOKEN_DAYS_MAX) return count
  throw new InvalidArgumentError(`a whole number from 1 to ${TOKEN_DAYS_MAX}`)
}

function operatorToJson({ operatorId, projectId, name, role, limits, createdAt }: Operator) {
  return { operatorId, projectId, name, role, ...limits, createdAt: timeToJson(createdAt) }
}

function tokenToJson({ tokenId, createdAt, expiresAt }: OperatorToken) {
  return { tokenId, createdAt: timeToJson(createdAt), expiresAt: timeToJson(expiresAt) }
}

function newTokenToJson({ tokenId, secret, expiresAt }: NewToken) {
  return { tokenId, token: secret, tokenExpiresAt: timeToJson(expiresAt) }
}

function timeToJson(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}
