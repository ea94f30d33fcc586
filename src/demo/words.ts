type Words = readonly [string, ...string[]];

/** What a chat talks about while nothing happens: an opening, a middle and an end make a message. */
export const openings: Words = [
  'i think',
  'maybe',
  'so',
  'honestly',
  'yesterday',
  'does anyone know if',
  'my friend says',
  'wait until',
  'he said',
  'not sure but',
  'remember when',
  'i like how',
  'today',
  'on mobile',
  'in the last run',
  'if you ask me',
  'the trick is that',
  'we all know',
  'back then',
  'for me',
];
export const middles: Words = [
  'the blue route',
  'this map',
  'the old camera',
  'that song',
  'the second boss',
  'her keyboard',
  'the river level',
  'this patch',
  'the market',
  'the long bridge',
  'that hat',
  'the tutorial',
  'the north tower',
  'the soup',
  'this build',
  'the new sword',
  'the train part',
  'the timer',
  'his sister',
  'the fishing spot',
];
export const ends: Words = [
  'is better at night',
  'takes about ten minutes',
  'looks different now',
  'was faster last week',
  'needs more light',
  'costs too much',
  'is on the left',
  'comes after this',
  'works with a controller',
  'reminds me of home',
  'was my favourite',
  'is under the stairs',
  'has a second door',
  'is what i use too',
  'gets harder later',
  'should be longer',
  'was in the first game',
  'makes sense to me',
];
/** Short lines that a chat has at any time. */
export const asides: Words = [
  'hi all',
  'back',
  'same',
  'what did i miss',
  'good evening',
  'brb',
  'dinner time',
  'which server',
  'thanks',
  'how long is the stream today',
  'true',
  'that works',
  'first time here',
  'how old is this save',
  'ok then',
  'agreed',
];
/** Ordinary fun: every chat laughs a little all the time. */
export const giggles: Words = ['haha', 'lol', 'hehe', 'lol true', 'haha ok', 'nice one', 'lmao the hat', 'KEKW'];

/** What people write when something really happened. */
export const cries: Words = [
  'WOW',
  'NO WAY',
  'LETS GO',
  'OMG',
  'HOLY',
  'WHAT',
  'WHAT A SAVE',
  'INSANE',
  'wow',
  'omg',
  'no wayyy',
  'lets gooo',
  'what??',
  'holy',
  'insane',
  'that was clean',
  'THAT WAS CLEAN',
  'AAAAAA',
  'YESSS',
  'yes!!',
  'how??',
  'HOW',
  'did that just happen',
  'unreal',
  'NICE',
  'nice!!',
  'GG',
  'gg',
  'sick',
  'CRAZY',
];
export const cheers: Words = ['PogChamp', 'Pog', 'POGGERS', 'Pog Pog Pog', 'Kreygasm', 'PogChamp PogChamp'];
export const laughs: Words = ['hahaha', 'HAHAHA', 'LMAO', 'LUL', 'LUL LUL', 'KEKW', 'lmao', 'lol', 'OMEGALUL', 'XD'];
export const wishes: Words = ['clip it', 'clip that', 'CLIP IT', 'someone clip that', 'clip'];
/** Names of emotes among the words above. */
export const emoteNames: ReadonlySet<string> = new Set([
  'KEKW',
  'PogChamp',
  'Pog',
  'POGGERS',
  'Kreygasm',
  'LUL',
  'OMEGALUL',
  'raidHi',
]);

/** Greetings of people whom another channel sent over. */
export const greetings: Words = [
  'hello from the lantern crew',
  'LANTERN RAID',
  'hi hi',
  'raidHi raidHi raidHi',
  'lantern raid!',
  'hey everyone',
  'raidHi',
  'we come in peace',
  'RAID',
  'hello hello',
  'lantern sent us',
  'nice to meet you',
  'raid raidHi',
  'hiii',
];
/** Answers of the people who were there before. */
export const welcomes: Words = ['welcome raiders', 'welcome!', 'hi raiders', 'WELCOME', 'hello raiders, sit down'];
/** What the spam bots repeat. */
export const spam: Words = [
  'FREE FOLLOWERS at best-views.example WOW WOW WOW',
  'cheap viewers >>> best-views.example <<< lets go',
];
export const syllables: Words = [
  'ka',
  'mo',
  'ri',
  'tel',
  'bun',
  'sha',
  'vor',
  'lin',
  'pex',
  'do',
  'nuk',
  'zar',
  'fi',
  'gro',
  'wel',
  'hum',
];
