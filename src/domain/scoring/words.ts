/*
 * Word lists of the scoring study (whole tokens in lower case). Within every alternative no two neighbouring repeats
 * share a letter, so each is matched in one pass over the token, whatever the token is.
 */
const hype =
  /^(?:w+o+w+|omg+|wtf+|o+m+f*g+|holy|insane|pog\w*|what+|n+o+|y+e+s+|wo+|le?t?s+go+|clip|ace|gg+|ez+|a+h+|o+h+|f+|rip|clean|nice|goal+|gol+|gooo*l*)[!?.]*$/;
const surprise =
  /^(?:pog\w*|w+o+w+|w+o+a+h+|o+m+f?g+|w+t+f+|holy|insane|sick|crazy|unreal|jesus|damn|dayu?m+|what+|how|kreygasm|d:|wutface|jebaited|o+h+|a{2,}h*|bruh|monka\w*)[!?.]*$/;
const victory =
  /^(?:g+g+|gege|ez\w?|clap|clapped|nice|clean|god|ace|penta\w*|quadra\w*|triple|rampage|go+a+l+|go+l+|let'?s?|lets?go+|worth|ks|outplayed|mvp|goat|yes+|w)[!?.]*$/;
const failure =
  /^(?:throw\w*|int|inting|feed\w*|fiesta|rip|oof|f|lost|chok\w+|l|unlucky|notlikethis|failfish|babyrage|facepalm|rekt|322|clown\w*|trash|bad|no+|die\w*|dead|fail\w*)[!?.]*$/;
const clip = /^clip(?:ped|it|that|s)?[!?.]*$/;

export const isHype = (lower: string): boolean => hype.test(lower);
export const isClipRequest = (lower: string): boolean => clip.test(lower);
/** A reaction other than laughter and clip requests. */
export const isReaction = (lower: string): boolean =>
  surprise.test(lower) || victory.test(lower) || failure.test(lower);
