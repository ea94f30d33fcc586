import { Command, type ErrorOptions } from 'commander';

/** What commander says of an option that there is not, with the one that it is like; not in its types. */
interface WithSuggestions {
  unknownOption(flag: string): never;
}

/**
 * Commander's command, but for the mistyped name of a required option: of `--vdo video.mp4` commander says that `--vod`
 * is not there, and not that there is no `--vdo`.
 */
export class CliptideCommand extends Command {
  override createCommand(name?: string): CliptideCommand {
    return new CliptideCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    const unknown = this.args.find((arg) => arg.startsWith('--'));
    if (options?.code === 'commander.missingMandatoryOptionValue' && unknown !== undefined)
      (this as unknown as WithSuggestions).unknownOption(unknown);
    return super.error(message, options);
  }
}
