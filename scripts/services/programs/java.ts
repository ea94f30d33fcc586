import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findInPath, isExecutable } from './path.ts';

/** What Apicurio Registry needs; Kafka is content with 17. */
export const neededJava = 21;

export interface JavaHome {
  readonly home: string;
  readonly version: number;
}

/** Folders of which each folder is a Java, by Linux distributions, macOS and sdkman. */
const collections = [
  '/usr/lib/jvm',
  '/usr/java',
  '/opt/java',
  '/opt/homebrew/opt',
  '/Library/Java/JavaVirtualMachines',
  join(homedir(), '.sdkman', 'candidates', 'java'),
];

/** The Java to use: that of JAVA_HOME where it is new enough, else the newest that is; undefined where none is. */
export function findJava(): JavaHome | undefined {
  const named = process.env.JAVA_HOME ?? '';
  const [preferred] = named === '' ? [] : suitable([named]);
  return preferred ?? suitable([...installed(), ...inPath()]).sort((a, b) => b.version - a.version)[0];
}

function installed(): string[] {
  return collections.flatMap((folder) => {
    const homes = names(folder).map((name) => join(folder, name));
    return homes.flatMap((home) => [
      home,
      join(home, 'Contents', 'Home'),
      join(home, 'libexec/openjdk.jdk/Contents/Home'),
    ]);
  });
}

function inPath(): string[] {
  const java = findInPath('java');
  return java === undefined ? [] : [dirname(dirname(realpathSync(java)))];
}

function suitable(homes: readonly string[]): JavaHome[] {
  return homes.flatMap((home) => {
    const version = versionOf(home);
    return version !== undefined && version >= neededJava && isExecutable(join(home, 'bin', 'java'))
      ? [{ home, version }]
      : [];
  });
}

/** From the file that every build of OpenJDK has. */
function versionOf(home: string): number | undefined {
  try {
    const release = readFileSync(join(home, 'release'), 'utf8');
    return Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1] ?? 0);
  } catch {
    return undefined;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
