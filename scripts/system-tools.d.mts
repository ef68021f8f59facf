export function debianPostgresBin(): string | undefined
export function chromiumPath(): string | undefined
export function redisServerPath(): string | undefined
