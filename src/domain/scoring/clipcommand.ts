const trustedRoles: ReadonlySet<string> = new Set(['broadcaster', 'moderator', 'vip']);
/** Twitch's own commands and those that bots answer to; what follows the command is its title. */
const command = /^[!/](?:clip|clipit|clipthat|marker|mark|highlight)(?:\s|$)/i;

/**
 * Whether a message is a command to clip or mark this moment by somebody whose marker is near-certain: the broadcaster,
 * a moderator or a VIP. Anybody else's command is a command like others, which counts for nothing.
 */
export const isClipCommand = (text: string, roles: readonly string[]): boolean =>
  roles.length > 0 && command.test(text) && roles.some((role) => trustedRoles.has(role));
