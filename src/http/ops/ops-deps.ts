/** Whether this process should be sent requests, and each thing that this depends on. */
export type Readiness = { ready: boolean; checks: Readonly<Record<string, boolean>> }

/** What the surface for the people and machines who run the server needs. */
export type OpsDeps = {
  readiness(): Promise<Readiness>
  /** All metrics in the Prometheus text format, and its content type. */
  metricsText(): Promise<string>
  metricsContentType: string
  /** The OpenAPI documents by name; a surface announces its own when the server is ready. */
  documents: ReadonlyMap<string, () => object>
  publicUrl: string | undefined
  /** Where the viewer of the reference page may be; the first file that exists is taken. */
  viewerPaths?: readonly string[]
}
