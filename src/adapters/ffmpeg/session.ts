/**
 * Whether a tool is started in a session of its own. A Ctrl-C goes to everything in the terminal's foreground, and
 * `timeout` to its whole group: what is under way would fail before it is known that all is to stop, and a clip would
 * count as one that cannot be made. Whether work goes on is Cliptide's decision alone.
 */
export const ownSession = process.platform !== 'win32';
