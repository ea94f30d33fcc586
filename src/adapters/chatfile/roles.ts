/** Chat bots that sit in many channels, by login; their lines are no reaction of the audience. */
const knownBots: ReadonlySet<string> = new Set([
  'nightbot',
  'streamelements',
  'streamlabs',
  'moobot',
  'fossabot',
  'wizebot',
  'soundalerts',
  'sery_bot',
  'botrixoficial',
  'pokemoncommunitygame',
  'creatisbot',
  'blerp',
  'streamstickers',
  'own3d',
  'kofistreambot',
  'restreambot',
  'tangiabot',
  'frostytoolsdotcom',
  'lolrankbot',
  'buttsbot',
  'supibot',
  'phantombot',
  'deepbot',
  'ankhbot',
  'coebot',
  'xanbot',
  'stay_hydrated_bot',
]);

/** Badge and role names of the platforms (Twitch badge sets, YouTube icon types) and what the schema calls them. */
const roleOfBadge: ReadonlyMap<string, string> = new Map(
  Object.entries({
    broadcaster: 'broadcaster',
    owner: 'broadcaster',
    moderator: 'moderator',
    lead_moderator: 'moderator',
    vip: 'vip',
    subscriber: 'subscriber',
    founder: 'subscriber',
    member: 'subscriber',
    'bot-badge': 'bot',
  }),
);

/** Roles for the badges of an author, each once; a known bot is one by its name. */
export function rolesOf(badges: readonly string[], name: string): readonly string[] {
  const roles = new Set<string>();
  for (const badge of badges) {
    const role = roleOfBadge.get(badge.toLowerCase());
    if (role !== undefined) roles.add(role);
  }
  if (name !== '' && knownBots.has(name.toLowerCase().replace(/^@/, ''))) roles.add('bot');
  return roles.size === 0 ? none : [...roles];
}

/** Shared, since most authors have no role. */
const none: readonly string[] = [];

/** A badge for a text such as `Member (6 months)`, `New member` or `Moderator` (YouTube's tooltips in English). */
export function badgeOfTitle(title: string): string {
  const text = title.trim().toLowerCase();
  return text.includes('member') ? 'member' : text;
}
