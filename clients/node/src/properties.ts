/** What {@link MessageProperties} consist of; a literal of this shape is accepted wherever they are. */
export interface MessagePropertiesLike {
  /** The message's own properties: 128 at most, names and values together 16 KiB of UTF-8 at most. */
  readonly properties?: Readonly<Record<string, string>>;
  /** What the message can be looked up by. */
  readonly message_key?: string;
  /** Messages with an equal key keep their order; 1,024 characters at most. */
  readonly sharding_key?: string;
  /** When the message is delivered, in milliseconds since the epoch; 0 for at once. */
  readonly start_deliver_time?: number;
  /** Seconds until an undecided transaction is asked about for the first time; 0 for the message system's own. */
  readonly trans_check_immunity_time?: number;
}

/**
 * Properties of a message, set one after the other:
 *
 * ```ts
 * new MessageProperties().messageKey('ORDER_1').putProperty('source', 'web').shardingKey('user-7');
 * ```
 *
 * One object may be used for several messages; what was set when a message is sent counts.
 */
export class MessageProperties implements MessagePropertiesLike {
  properties: Record<string, string> = {};
  message_key = '';
  sharding_key = '';
  start_deliver_time = 0;
  trans_check_immunity_time = 0;

  /** Sets a property of the message's own; a number is sent as its text. */
  putProperty(key: string, value: string | number): this {
    this.properties[String(key)] = String(value);
    return this;
  }

  /** Sets what the message can be looked up by. */
  messageKey(key: string): this {
    this.message_key = String(key);
    return this;
  }

  /** Sets the key whose messages keep their order; 1,024 characters at most. */
  shardingKey(key: string): this {
    this.sharding_key = String(key);
    return this;
  }

  /** Sets when the message is delivered, in milliseconds since the epoch; 0 for at once. */
  startDeliverTime(time: number): this {
    this.start_deliver_time = Number(time);
    return this;
  }

  /** Sets the seconds until an undecided transaction is asked about for the first time. */
  transCheckImmunityTime(time: number): this {
    this.trans_check_immunity_time = Number(time);
    return this;
  }
}
