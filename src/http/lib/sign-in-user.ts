import type { FastifyRequest } from 'fastify'
import type { Result } from '../../core/lib/result.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import { isDemoToken, type VerifiedDemoToken } from './demo-token.ts'
import type { IdentityVerifier, VerifiedIdentity } from './user-identity.ts'

/** What is needed to tell who a bearer is, and in which project. */
export type UserSignIn = {
  identity: IdentityVerifier
  /** Demo tokens, when this server has a demo project. They are good for that project only. */
  demo?: { projectId: string; verify(token: string): VerifiedDemoToken } | undefined
  projectFor(request: FastifyRequest): Promise<Result<string, ProjectRefusal>>
}

/** A user whose project is still to be found: it costs a query, and limits come first. */
export type SignedIn = { userId: string; findProject(request: FastifyRequest): Promise<Result<string, ProjectRefusal>> }

/** Verifies the bearer of a user: a token of the identity provider, or of the demo project. */
export async function signInUser(
  bearer: string,
  { identity, demo, projectFor }: UserSignIn,
): Promise<{ ok: true; user: SignedIn } | Extract<VerifiedIdentity, { ok: false }>> {
  const isDemo = demo !== undefined && isDemoToken(bearer)
  const verified: VerifiedIdentity = isDemo ? demo.verify(bearer) : await identity.verify(bearer)
  if (!verified.ok) return verified
  // Whoever can have demo tokens minted can be anybody: the request cannot point one at another project.
  const findProject: SignedIn['findProject'] = isDemo ? async () => ({ ok: true, value: demo.projectId }) : projectFor
  return { ok: true, user: { userId: verified.userId, findProject } }
}
