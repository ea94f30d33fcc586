/** Names on the wire: with a prefix, several installations share a cluster. */
export class Names {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Kafka's name of a topic or a group. */
  wire(name: string): string {
    return `${this.#prefix}${name}`;
  }

  /** The topology's name of one of Kafka's topics. */
  own(wire: string): string {
    return wire.slice(this.#prefix.length);
  }
}
